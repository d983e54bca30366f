/** A read as it runs on its thread: at once. */
export type Now<Read extends (...query: never[]) => Promise<unknown>> = (
  ...query: Parameters<Read>
) => Awaited<ReturnType<Read>>
