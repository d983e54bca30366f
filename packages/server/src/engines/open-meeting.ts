import type { Store } from '../ports/store.ts'
import type { EngineSettings } from './engine.ts'
import type { Meeting } from './meeting.ts'

/**
 * Opens Redis where `REDIS_URL` says where, else the memory of this process, which is then the only one. What
 * it opens is closed with the stack, in the reverse order.
 */
export async function openMeeting(
  {
    config,
    store,
    secret,
    clock,
    report,
  }: Omit<EngineSettings, 'company' | 'anew'> & { store: Store; secret: string },
  stack: AsyncDisposableStack,
): Promise<Meeting> {
  if (config.redisUrl !== undefined) {
    const { openRedisMeeting } = await import('./redis-meeting.ts')
    return openRedisMeeting({ url: config.redisUrl, store, secret, clock, report }, stack)
  }
  const { openMemoryBus } = await import('../drivers/memory/bus.ts')
  const { openMemoryPresence } = await import('../drivers/memory/presence.ts')
  const { openMemoryRateLimits } = await import('../drivers/memory/rate-limits.ts')
  const { openMemoryTickets } = await import('../drivers/memory/tickets.ts')
  return {
    bus: stack.use(openMemoryBus({ report })),
    board: stack.use(openMemoryPresence({ clock, report })),
    rateLimits: stack.use(openMemoryRateLimits({ clock })),
    tickets: stack.use(openMemoryTickets({ clock })),
  }
}
