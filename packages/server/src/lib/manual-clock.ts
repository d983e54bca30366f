import type { Clock } from './clock.ts'

export interface ManualClock extends Clock {
  /** Moves the present on, and calls what became due, in order of time, each at its own time. */
  advance(ms: number): void
  /** Sets the time of day, as an administrator or a time server does: timers and `elapsed` don't notice. */
  stepBy(ms: number): void
}

/** A clock that stands still until it is moved: for tests, which wait for nothing. */
export function manualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  let now = startMs
  let setBy = 0
  const timers = new Set<{ dueAt: number; action: () => void }>()

  return {
    now: () => now + setBy,
    elapsed: () => now - startMs,
    stepBy(ms) {
      setBy += ms
    },
    after(delayMs, action) {
      const timer = { dueAt: now + delayMs, action }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(ms) {
      const until = now + ms
      for (;;) {
        const next = [...timers].sort((a, b) => a.dueAt - b.dueAt)[0]
        if (!next || next.dueAt > until) break
        timers.delete(next)
        now = next.dueAt
        next.action()
      }
      now = until
    },
  }
}
