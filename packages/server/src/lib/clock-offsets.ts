import type { Clock } from './clock.ts'

/**
 * How far the time of day has been from the clock that nobody sets, so that "a minute ago" can be told in
 * times of day though somebody has set the clock meanwhile.
 */
export interface ClockOffsets {
  /** To be called now and then; a setting is known from the next call on. */
  look(): void
  /** The earliest time of day that anything may bear which was done within the last `ms`. */
  earliest(ms: number): number
  /** Whether the clock was set within that time. */
  wasSetWithin(ms: number): boolean
}

/** A second's looks and more of it than a time server's slewing moves a clock in a minute. */
const setByMinMs = 500

/** Remembers as far back as `rememberedMs`: one number for each look within it. */
export function openClockOffsets(clock: Clock, rememberedMs: number): ClockOffsets {
  const offset = () => clock.now() - clock.elapsed()
  const looks = [{ at: clock.elapsed(), offset: offset() }]

  /** With the last one before: it held at the beginning. */
  function within(ms: number): number[] {
    const from = looks.findLastIndex(({ at }) => at <= clock.elapsed() - ms)
    return [...looks.slice(Math.max(0, from)).map((look) => look.offset), offset()]
  }

  return {
    look() {
      const at = clock.elapsed()
      looks.push({ at, offset: offset() })
      while ((looks[1]?.at ?? at) <= at - rememberedMs) looks.shift()
    },
    earliest: (ms) => clock.elapsed() - ms + Math.min(...within(ms)),
    wasSetWithin(ms) {
      const offsets = within(ms)
      return Math.max(...offsets) - Math.min(...offsets) > setByMinMs
    },
  }
}
