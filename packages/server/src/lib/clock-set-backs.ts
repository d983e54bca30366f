import type { Clock } from './clock.ts'

/**
 * Where this process's clock was set back: a time that it showed before, and shows again, says nothing of
 * what came after it. Known from the next look on, for as long as the process lives.
 */
export interface ClockSetBacks {
  /** To be called about once a second, and before `from`. */
  look(): void
  /** The time from which on all bears its time that may have come after the clock first showed `time`. */
  from(time: number): number
}

/** Less than whoever asks looks back anyway, and more than a slewed clock loses between two looks. */
const setBackMinMs = 500

export function openClockSetBacks(clock: Clock): ClockSetBacks {
  let lookedAt = clock.elapsed()
  /** How far the time of day was ahead of the clock that nobody sets. */
  let ahead = clock.now() - lookedAt
  /** All set-backs together; two that lie apart only let more be told than need be. */
  let twice: { low: number; high: number } | undefined

  function look() {
    const at = clock.elapsed()
    const aheadNow = clock.now() - at
    if (ahead - aheadNow >= setBackMinMs) {
      const [low, high] = [aheadNow + lookedAt, ahead + at]
      twice = { low: Math.min(low, twice?.low ?? low), high: Math.max(high, twice?.high ?? high) }
      ahead = aheadNow
    }
    ahead = Math.max(ahead, aheadNow)
    lookedAt = at
  }

  return {
    look,
    from: (time) => (twice && time > twice.low && time <= twice.high ? twice.low : time),
  }
}
