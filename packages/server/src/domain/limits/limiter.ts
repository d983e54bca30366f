import type { RateName, Rates } from '@confab/protocol/rates'
import { Refusal } from '@confab/protocol/refusal'
import type { Clock } from '../../lib/clock.ts'
import { isLoopbackAddress } from '../../lib/loopback.ts'
import { limitedNetwork, networkOf } from '../../lib/network.ts'
import { openSeldom } from '../../lib/seldom.ts'
import type { Bucket, Grant, Lockout, RateLimits, Standing, Strike } from '../../ports/rate-limits.ts'
import type { TierOf } from './tiers.ts'

/**
 * The installation's limits: each of the one list (`protocol/rates`), by whom it counts: a user's id, a mail
 * address in lower case, or the address that somebody asks from, of which its network counts.
 */
export interface Limiter {
  readonly rates: Rates
  /** Takes a token, or refuses `rate_limited` with the time until there is one. */
  take(name: RateName, of: string | undefined): Promise<void>
  /** Puts one back that turned out not to be due. */
  giveBack(name: RateName, of: string | undefined): Promise<void>
  /** How it stands; undefined for whom nothing is counted. */
  look(name: RateName, of: string | undefined): Promise<(Standing & Bucket) | undefined>

  /** Tries of a key and what became of them, as the port has it, by the installation's lockout. */
  beginTry(key: string): Promise<Grant>
  strike(key: string): Promise<Strike>
  forgive(key: string): Promise<void>
  endTry(key: string): Promise<void>
}

/** Somebody met a limit. Told once in a while of each, however often they try. */
export interface Abuse {
  limit: RateName
  userId?: string
  /** Never the address itself. */
  network?: string | undefined
}

export interface LimiterOptions {
  rateLimits: RateLimits
  rates: Rates
  lockout: Lockout
  clock: Pick<Clock, 'now'>
  /** By how much a user's own limits are larger; everybody is alike without it. */
  tierOf?: TierOf | undefined
  onRefused?: (limit: RateName) => void
  onAbuse?: (abuse: Abuse) => void
}

const toldEveryMs = 10 * 60_000

export function openLimiter({
  rateLimits,
  rates,
  lockout,
  clock,
  tierOf,
  onRefused = () => undefined,
  onAbuse = () => undefined,
}: LimiterOptions): Limiter {
  const isFirst = openSeldom({ everyMs: toldEveryMs, clock })

  function refused(name: RateName, of: string): void {
    onRefused(name)
    if (!isFirst(`${name} ${of}`)) return
    const { scope } = rates[name]
    onAbuse({
      limit: name,
      ...(scope === 'user' && { userId: of }),
      ...(scope === 'network' && { network: networkOf(of) }),
    })
  }

  async function bucketOf(name: RateName, of: string): Promise<Bucket> {
    const { scope, burst, perMinute } = rates[name]
    const tier = scope === 'user' && tierOf ? await tierOf(of) : 1
    return { capacity: Math.max(1, Math.round(burst * tier)), perMinute: perMinute * tier }
  }

  /** Undefined for whom nothing is counted: who asks from this machine is the person at it, or its proxy. */
  function keyOf(name: RateName, of: string | undefined): string | undefined {
    if (of === undefined) return undefined
    if (rates[name].scope !== 'network') return `${name} ${of}`
    return isLoopbackAddress(of) ? undefined : `${name} ${limitedNetwork(of)}`
  }

  return {
    rates,
    async take(name, of) {
      const key = keyOf(name, of)
      if (of === undefined || key === undefined) return
      const grant = await rateLimits.take(key, await bucketOf(name, of))
      if (grant.granted) return
      refused(name, of)
      throw new Refusal('rate_limited', { retryAfterMs: grant.retryAfterMs })
    },
    async giveBack(name, of) {
      const key = keyOf(name, of)
      if (of !== undefined && key !== undefined) await rateLimits.giveBack(key, await bucketOf(name, of))
    },
    async look(name, of) {
      const key = keyOf(name, of)
      if (of === undefined || key === undefined) return undefined
      const bucket = await bucketOf(name, of)
      return { ...bucket, ...(await rateLimits.look(key, bucket)) }
    },
    beginTry: (key) => rateLimits.beginTry(key, lockout),
    strike: (key) => rateLimits.strike(key, lockout),
    forgive: (key) => rateLimits.forgive(key, lockout),
    endTry: (key) => rateLimits.endTry(key, lockout),
  }
}
