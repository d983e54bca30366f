import type { Clock } from '../../lib/clock.ts'
import { type Lockout, type RateLimits, tryAgainMs, tryMsMax } from '../../ports/rate-limits.ts'

const sweepAtLeast = 1_024

interface Tries {
  /** When each failure was, the earliest first; as many as lock, at most. */
  failedAt: number[]
  /** When each try began that is under way. */
  begunAt: number[]
  lockedUntil: number
  /** From then on nothing is left to remember. */
  forgottenAt: number
}

/** Failures and locks of a single process. What has run out is swept whenever their number has doubled. */
export function createLockouts(clock: Pick<Clock, 'now'>): Pick<
  RateLimits,
  'beginTry' | 'endTry' | 'strike' | 'forgive'
> & {
  readonly size: number
  clear(): void
} {
  const kept = new Map<string, Tries>()
  let sweepAt = sweepAtLeast

  function sweep(): void {
    const now = clock.now()
    for (const [key, { forgottenAt }] of kept) if (forgottenAt <= now) kept.delete(key)
    sweepAt = Math.max(sweepAtLeast, kept.size * 2)
  }

  const lockedMs = (key: string): number => Math.max(0, (kept.get(key)?.lockedUntil ?? 0) - clock.now())

  /** What counts still, of a key that isn't locked. */
  function triesOf(key: string, { withinMs }: Lockout): Pick<Tries, 'failedAt' | 'begunAt'> {
    const { failedAt = [], begunAt = [] } = kept.get(key) ?? {}
    const now = clock.now()
    return {
      failedAt: failedAt.filter((time) => now - time <= withinMs),
      begunAt: begunAt.filter((time) => now - time <= tryMsMax),
    }
  }

  function keep(key: string, tries: Tries): void {
    kept.set(key, tries)
    if (kept.size >= sweepAt) sweep()
  }

  function keepTries(
    key: string,
    { failedAt, begunAt }: Pick<Tries, 'failedAt' | 'begunAt'>,
    within: number,
  ) {
    const forgottenAt = Math.max((failedAt.at(-1) ?? 0) + within, (begunAt.at(-1) ?? 0) + tryMsMax)
    if (failedAt.length + begunAt.length === 0) kept.delete(key)
    else keep(key, { failedAt, begunAt, lockedUntil: 0, forgottenAt })
  }

  return {
    get size() {
      return kept.size
    },
    clear: () => kept.clear(),

    async beginTry(key, lockout) {
      const left = lockedMs(key)
      if (left > 0) return { granted: false, retryAfterMs: left }
      const { failedAt, begunAt } = triesOf(key, lockout)
      if (failedAt.length + begunAt.length >= lockout.failures)
        return { granted: false, retryAfterMs: tryAgainMs }
      keepTries(key, { failedAt, begunAt: [...begunAt, clock.now()] }, lockout.withinMs)
      return { granted: true }
    },
    async strike(key, lockout) {
      const left = lockedMs(key)
      if (left > 0) return { locked: true, began: false, lockedMs: left }
      const { failures, withinMs, lockMs } = lockout
      const tries = triesOf(key, lockout)
      const failedAt = [...tries.failedAt, clock.now()]
      if (failedAt.length < failures) {
        keepTries(key, { failedAt, begunAt: tries.begunAt.slice(1) }, withinMs)
        return { locked: false }
      }
      const lockedUntil = clock.now() + lockMs
      keep(key, { failedAt: [], begunAt: [], lockedUntil, forgottenAt: lockedUntil })
      return { locked: true, began: true, lockedMs: lockMs }
    },
    async forgive(key, lockout) {
      const begunAt = triesOf(key, lockout).begunAt.slice(1)
      if (lockedMs(key) === 0) keepTries(key, { failedAt: [], begunAt }, lockout.withinMs)
    },
    async endTry(key, lockout) {
      const { failedAt, begunAt } = triesOf(key, lockout)
      if (lockedMs(key) === 0) keepTries(key, { failedAt, begunAt: begunAt.slice(1) }, lockout.withinMs)
    },
  }
}
