import { assert } from '../../lib/assert.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Bucket, RateLimits, Standing } from '../../ports/rate-limits.ts'
import { createLockouts } from './lockouts.ts'

// Sums of odd intervals leave a rest of some microseconds, which must not refuse the last token.
const roundingMs = 0.5
const sweepAtLeast = 1_024

/**
 * Token buckets of a single process. A bucket is one number, the time when it will be full again
 * (the "virtual scheduling" form of GCRA, ITU-T I.371): what is missing then follows from the clock.
 * Full buckets are swept out whenever their number has doubled, so memory follows those in use.
 */
export function openMemoryRateLimits({ clock }: { clock: Clock }): RateLimits & { readonly size: number } {
  const fullAt = new Map<string, number>()
  const lockouts = createLockouts(clock)
  let sweepAt = sweepAtLeast

  const sweep = (): void => {
    const now = clock.now()
    for (const [key, at] of fullAt) if (at <= now) fullAt.delete(key)
    sweepAt = Math.max(sweepAtLeast, fullAt.size * 2)
  }

  /**
   * How long from now until the bucket is full;
   * a clock that was set back can't make it longer than from empty.
   */
  const missingMs = (key: string, bucket: Bucket): number => {
    const missing = (fullAt.get(key) ?? 0) - clock.now()
    return Math.min(Math.max(missing, 0), bucket.capacity * tokenMs(bucket))
  }

  return {
    get size() {
      return fullAt.size + lockouts.size
    },

    async take(key, bucket, tokens = 1) {
      assert(tokens <= bucket.capacity, `${key}: ${tokens} tokens of a bucket that holds ${bucket.capacity}`)
      const missing = missingMs(key, bucket) + tokens * tokenMs(bucket)
      const overMs = missing - bucket.capacity * tokenMs(bucket)
      if (overMs > roundingMs) return { granted: false, retryAfterMs: Math.ceil(overMs) }
      fullAt.set(key, clock.now() + missing)
      if (fullAt.size >= sweepAt) sweep()
      return { granted: true }
    },

    async giveBack(key, bucket, tokens = 1) {
      const missing = missingMs(key, bucket) - tokens * tokenMs(bucket)
      if (missing > 0) fullAt.set(key, clock.now() + missing)
      else fullAt.delete(key)
    },

    async look(key, bucket) {
      return standing(bucket, missingMs(key, bucket))
    },

    beginTry: lockouts.beginTry,
    strike: lockouts.strike,
    forgive: lockouts.forgive,
    endTry: lockouts.endTry,

    async [Symbol.asyncDispose]() {
      lockouts.clear()
      fullAt.clear()
    },
  }
}

/** How a bucket stands of which so many milliseconds' gain is missing. */
export function standing(bucket: Bucket, missingMs: number): Standing {
  const remaining = bucket.capacity - Math.ceil((missingMs - roundingMs) / tokenMs(bucket))
  return { remaining: Math.min(remaining, bucket.capacity), fullInMs: Math.ceil(missingMs) }
}

export const tokenMs = ({ perMinute }: Bucket): number => 60_000 / perMinute
