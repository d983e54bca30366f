/** The present, in milliseconds since 1970 UTC, and timers. A test brings its own. */
export interface Clock {
  now(): number
  /** Milliseconds since some moment, by a clock that nobody sets: for how long something takes or lasts. */
  elapsed(): number
  /**
   * Calls once after `delayMs`, unless the returned function is called before. Never keeps the process alive.
   */
  after(delayMs: number, action: () => void): () => void
}

export const systemClock: Clock = {
  now: Date.now,
  elapsed: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** ISO 8601 in UTC with milliseconds: the form of every time in an answer. */
export const isoTime = (ms: number): string => new Date(ms).toISOString()

export const isoTimeOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms))
