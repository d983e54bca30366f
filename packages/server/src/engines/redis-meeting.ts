import type { Clock } from '../lib/clock.ts'
import type { Report } from '../lib/report.ts'
import { deriveKey } from '../lib/secret-file.ts'
import type { Store } from '../ports/store.ts'
import type { Meeting } from './meeting.ts'

/** Redis, over which any number of nodes meet. One that is down is tried until it is there. */
export async function openRedisMeeting(
  { store, secret, ...settings }: { url: string; store: Store; secret: string; clock: Clock; report: Report },
  stack: AsyncDisposableStack,
): Promise<Meeting> {
  const { openRedis } = await import('../drivers/redis/redis.ts')
  const { openRedisBus } = await import('../drivers/redis/bus.ts')
  const { openRedisPresence } = await import('../drivers/redis/presence.ts')
  const { openRedisRateLimits } = await import('../drivers/redis/rate-limits.ts')
  const { openRedisTickets } = await import('../drivers/redis/tickets.ts')
  const { presenceScripts } = await import('../drivers/redis/presence-scripts.ts')
  const { rateLimitScripts } = await import('../drivers/redis/rate-limit-scripts.ts')
  const { ticketScripts } = await import('../drivers/redis/ticket-scripts.ts')

  const scripts = [...presenceScripts, ...rateLimitScripts, ...ticketScripts]
  const redis = stack.use(await openRedis({ ...settings, scripts }))
  const bus = stack.use(await openRedisBus(redis))
  return {
    bus,
    board: stack.use(await openRedisPresence(redis, { bus, store })),
    rateLimits: stack.use(openRedisRateLimits(redis, { key: deriveKey(secret, 'limits') })),
    tickets: stack.use(openRedisTickets(redis)),
  }
}
