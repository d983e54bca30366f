import type { Clock } from '../../lib/clock.ts'
import type { Logger } from '../../lib/log.ts'
import type { Metrics } from '../../lib/metrics.ts'
import type { RateLimits } from '../../ports/rate-limits.ts'
import type { Store } from '../../ports/store.ts'
import { type Limiter, type LimiterOptions, openLimiter } from './limiter.ts'
import { type Tiers, tiersBy } from './tiers.ts'

/** The limits as they are set, whose first refusal of anybody is logged, and all of which are counted. */
export function openWatchedLimiter({
  config: { rates, lockout, rateTiers },
  rateLimits,
  store,
  clock,
  log,
  metrics,
}: {
  config: Pick<LimiterOptions, 'rates' | 'lockout'> & { rateTiers: Tiers }
  rateLimits: RateLimits
  store: Pick<Store, 'me'>
  clock: Clock
  log: Pick<Logger, 'warn'>
  metrics: Pick<Metrics, 'counters'>
}): Limiter {
  const refusals: Record<string, number> = {}
  metrics.counters('confab_rate_limited_total', 'Refused as too many, by limit.', 'limit', () => refusals)
  return openLimiter({
    ...{ rateLimits, rates, lockout, clock },
    tierOf: tiersBy(rateTiers, { store, clock }),
    onRefused(limit) {
      refusals[limit] = (refusals[limit] ?? 0) + 1
    },
    onAbuse: (abuse) => log.warn(abuse, 'a limit was met; more of it is counted, not logged, for 10 minutes'),
  })
}
