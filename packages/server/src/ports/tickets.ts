import type { Session } from './identity.ts'

/**
 * Tickets that open one socket, on any node, for clients that can set neither header nor cookie. Of one
 * person's only the latest 50 are good, so that nobody alone pushes out what others were given.
 */
export interface Tickets extends AsyncDisposable {
  issue(session: Session): Promise<Ticket>
  /**
   * The session of a ticket that is good; it is used up by this.
   * Whether the session lives still is another question.
   */
  redeem(ticket: string): Promise<Session | undefined>
}

export interface Ticket {
  ticket: string
  /** Milliseconds since 1970 UTC. */
  expiresAt: number
}

export const ticketMs = 30_000
/** More devices than one person opens within that time. */
export const ticketsPerUserMax = 50
