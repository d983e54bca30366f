import type { UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { Bucket } from '../ports/rate-limits.ts'
import type { Domain } from './domain.ts'

/** What a user may do only so often. */
export type Limited = 'message' | 'reaction'

/** Takes a token of the user's bucket, or refuses `rate_limited` with the time until there is one. */
export async function takeToken(domain: Domain, what: Limited, userId: UserId): Promise<void> {
  const grant = await domain.rateLimits?.take(`${what} ${userId}`, bucketOf(domain, what))
  if (grant?.granted === false) throw new Refusal('rate_limited', { retryAfterMs: grant.retryAfterMs })
}

/** Puts one back that turned out not to be due. */
export async function giveTokenBack(domain: Domain, what: Limited, userId: UserId): Promise<void> {
  await domain.rateLimits?.giveBack(`${what} ${userId}`, bucketOf(domain, what))
}

function bucketOf({ limits }: Domain, what: Limited): Bucket {
  const perMinute = what === 'message' ? limits.messagesPerMinute : limits.reactionsPerMinute
  return { capacity: perMinute, perMinute }
}
