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

export function openTicketOffice({ clock }: { clock: Clock }): TicketOffice {
  /** In the order of their expiry. */
  const issued = new Map<string, { session: Session; expiresAt: number }>()

  function forgetOld(now: number) {
    for (const [ticket, { expiresAt }] of issued) {
      if (expiresAt > now && issued.size < ticketsMax) break
      issued.delete(ticket)
    }
  }

  return {
    issue(session) {
      const now = clock.now()
      forgetOld(now)
      const ticket = crypto.getRandomValues(new Uint8Array(24)).toBase64({ alphabet: 'base64url' })
      issued.set(ticket, { session, expiresAt: now + ticketMs })
      return { ticket, expiresAt: now + ticketMs }
    },
    redeem(ticket) {
      const found = issued.get(ticket)
      issued.delete(ticket)
      return found && found.expiresAt > clock.now() ? found.session : undefined
    },
  }
}
