import type { UserId } from '@confab/protocol/ids'
import type { Clock } from '../../lib/clock.ts'
import { randomToken } from '../../lib/random-token.ts'
import type { Session } from '../../ports/identity.ts'
import { type Tickets, ticketMs, ticketsPerUserMax } from '../../ports/tickets.ts'

const ticketsMax = 20_000

/** The tickets of a single process. */
export function openMemoryTickets({ clock }: { clock: Pick<Clock, 'now'> }): Tickets {
  /** Both in the order of their expiry. */
  const issued = new Map<string, { session: Session; expiresAt: number }>()
  const byUser = new Map<UserId, Set<string>>()

  function forgetOld(now: number) {
    for (const [ticket, { expiresAt }] of issued) {
      if (expiresAt > now && issued.size < ticketsMax) break
      take(ticket)
    }
  }

  /** Takes a ticket away, whether it is still good or not. */
  function take(ticket: string) {
    const found = issued.get(ticket)
    if (!found) return undefined
    issued.delete(ticket)
    const { userId } = found.session
    const own = byUser.get(userId)
    own?.delete(ticket)
    if (own?.size === 0) byUser.delete(userId)
    return found
  }

  return {
    async issue(session) {
      const now = clock.now()
      forgetOld(now)
      const ticket = randomToken()
      issued.set(ticket, { session, expiresAt: now + ticketMs })
      const own = byUser.get(session.userId) ?? new Set()
      byUser.set(session.userId, own.add(ticket))
      const [oldest] = own
      if (own.size > ticketsPerUserMax && oldest !== undefined) take(oldest)
      return { ticket, expiresAt: now + ticketMs }
    },
    async redeem(ticket) {
      const found = take(ticket)
      return found && found.expiresAt > clock.now() ? found.session : undefined
    },
    async [Symbol.asyncDispose]() {
      issued.clear()
      byUser.clear()
    },
  }
}
