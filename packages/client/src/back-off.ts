import type { AfterClose } from '@confab/protocol/close-codes'
import type { Refusal } from '@confab/protocol/refusal'

export const backOffMinMs = 250
export const backOffMaxMs = 30_000

/**
 * How long to wait before the `attempt`-th try in a row (from 1): at random between nothing and a bound
 * that doubles, which spreads clients best when all were cut off together ("full jitter",
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function backOffMs(attempt: number, random: () => number): number {
  const bound = Math.min(backOffMaxMs, backOffMinMs * 2 ** Math.min(attempt - 1, 16))
  return Math.round(random() * bound)
}

/** A server that asks for a pause is waited for, and not all at once. */
export const retryMs = (retryAfterMs: number | undefined, attempt: number, random: () => number): number =>
  retryAfterMs === undefined
    ? Math.max(backOffMinMs, backOffMs(attempt + 2, random))
    : retryAfterMs + Math.round(random() * backOffMinMs)

/** The server says no for now, not for good. */
export const isPassing = ({ code }: Refusal): boolean =>
  code === 'rate_limited' || code === 'overloaded' || code === 'unauthenticated'

/** The wait before the next connection, or undefined where there is to be none. */
export function reconnectMs(after: AfterClose, attempt: number, random: () => number): number | undefined {
  switch (after.action) {
    case 'back-off':
      return backOffMs(attempt, random)
    // A server that closes at once each time must not be hammered: from the second try on, back off too.
    case 'reconnect':
      return (
        after.afterMs + Math.round(random() * after.spreadMs) + (attempt > 1 ? backOffMs(attempt, random) : 0)
      )
    case 'sign-in':
    case 'stop':
      return undefined
  }
}
