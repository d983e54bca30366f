import type { Clock } from '../../lib/clock.ts'
import type { RateLimits } from '../../ports/rate-limits.ts'

const sweepAtLeast = 1_024

interface Failures {
  /** When each was, the earliest first; as many as lock, at most. */
  at: number[]
  lockedUntil: number
  /** From then on nothing is left to remember. */
  forgottenAt: number
}

/** Failures and locks of a single process. What has run out is swept whenever their number has doubled. */
export function createLockouts(
  clock: Pick<Clock, 'now'>,
): Pick<RateLimits, 'strike' | 'lockedMs' | 'forgive'> & { readonly size: number; clear(): void } {
  const kept = new Map<string, Failures>()
  let sweepAt = sweepAtLeast

  function sweep(): void {
    const now = clock.now()
    for (const [key, { forgottenAt }] of kept) if (forgottenAt <= now) kept.delete(key)
    sweepAt = Math.max(sweepAtLeast, kept.size * 2)
  }

  const lockedMs = (key: string): number => Math.max(0, (kept.get(key)?.lockedUntil ?? 0) - clock.now())

  return {
    get size() {
      return kept.size
    },
    clear: () => kept.clear(),

    async strike(key, { failures, withinMs, lockMs }) {
      const left = lockedMs(key)
      if (left > 0) return { locked: true, began: false, lockedMs: left }
      const now = clock.now()
      const at = [...(kept.get(key)?.at ?? []).filter((time) => now - time <= withinMs), now]
      const locks = at.length >= failures
      const lockedUntil = locks ? now + lockMs : 0
      kept.set(key, { at: locks ? [] : at, lockedUntil, forgottenAt: locks ? lockedUntil : now + withinMs })
      if (kept.size >= sweepAt) sweep()
      return locks ? { locked: true, began: true, lockedMs: lockMs } : { locked: false }
    },
    lockedMs: async (key) => lockedMs(key),
    async forgive(key) {
      if (lockedMs(key) === 0) kept.delete(key)
    },
  }
}
