import type { RateName } from '@confab/protocol/rates'
import type { Context } from 'hono'

/** The domain's limiter, as far as doors over HTTP need it. */
export interface RequestLimits {
  take(limit: RateName, of: string | undefined): Promise<void>
  look(limit: RateName, of: string | undefined): Promise<RateStanding | undefined>
}

/** What a request counted to, which its answer tells. */
export interface Counted {
  limit: RateName
  of: string | undefined
}

interface RateStanding {
  capacity: number
  perMinute: number
  remaining: number
  fullInMs: number
}

/**
 * Says how a limit stands, as draft-ietf-httpapi-ratelimit-headers-10 has it: the quota `q` with the seconds
 * `w` in which it is gained, what remains of it, and in how many seconds it is whole again.
 */
export async function tellRate(c: Context, limits: RequestLimits, { limit, of }: Counted): Promise<void> {
  const standing = await limits.look(limit, of)
  if (!standing) return
  const { capacity, perMinute, remaining, fullInMs } = standing
  const window = Math.ceil((capacity / perMinute) * 60)
  c.header('RateLimit-Policy', `"${limit}";q=${capacity};w=${window}`)
  c.header('RateLimit', `"${limit}";r=${remaining};t=${Math.ceil(fullInMs / 1_000)}`)
}
