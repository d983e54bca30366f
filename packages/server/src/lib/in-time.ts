/**
 * For what may never be answered: rejects after a time, or a shorter one once the signal tells that nobody wants
 * more of it.
 */
export async function inTime<Result>(
  asked: Promise<Result>,
  { withinMs, signal, endMs = withinMs }: { withinMs: number; signal?: AbortSignal; endMs?: number },
): Promise<Result> {
  const late = Promise.withResolvers<never>()
  const within = (ms: number) =>
    setTimeout(() => late.reject(new Error(`no answer within ${ms / 1_000} s`)), ms)
  let timer = within(withinMs)
  const hurry = () => {
    clearTimeout(timer)
    timer = within(endMs)
  }
  signal?.addEventListener('abort', hurry)
  if (signal?.aborted) hurry()
  try {
    return await Promise.race([asked, late.promise])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', hurry)
  }
}
