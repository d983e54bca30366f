/** Stops a programmer's mistake where it is made. Not for bad input: that is a refusal. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`)
}
