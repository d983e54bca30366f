import type { UserId } from '@confab/protocol/ids'
import type { Clock } from '../../lib/clock.ts'
import type { Session } from '../../ports/identity.ts'

/** Hands out tickets that open one socket within 30 s, for clients that can set neither header nor cookie. */
export interface TicketOffice {
  issue(session: Session): { ticket: string; expiresAt: number }
  /** The session of a ticket that is good; it is used up by this. */
  redeem(ticket: string): Session | undefined
}

export const ticketMs = 30_000
const ticketsMax = 20_000
/** More devices than one person opens within 30 s; so nobody alone pushes out what others were given. */
const ticketsPerUserMax = 50

export function openTicketOffice({ clock }: { clock: Clock }): TicketOffice {
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
    issue(session) {
      const now = clock.now()
      forgetOld(now)
      const ticket = crypto.getRandomValues(new Uint8Array(24)).toBase64({ alphabet: 'base64url' })
      issued.set(ticket, { session, expiresAt: now + ticketMs })
      const own = byUser.get(session.userId) ?? new Set()
      byUser.set(session.userId, own.add(ticket))
      const [oldest] = own
      if (own.size > ticketsPerUserMax && oldest !== undefined) take(oldest)
      return { ticket, expiresAt: now + ticketMs }
    },
    redeem(ticket) {
      const found = take(ticket)
      return found && found.expiresAt > clock.now() ? found.session : undefined
    },
  }
}
