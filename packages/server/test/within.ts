/** Longer than anything that a test waits for takes on a busy machine, shorter than the test may take. */
const withinMs = 15_000

/** The promise, or an error that says what did not come. */
export async function within<Value>(promise: Promise<Value>, what: string, ms = withinMs): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const error = new Error(`${what} did not come within ${ms} ms`)
  const timer = setTimeout(() => reject(error), ms)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
