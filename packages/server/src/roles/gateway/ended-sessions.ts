import type { SessionId } from '@confab/protocol/ids'
import type { Clock } from '../../lib/clock.ts'
import { ticketMs } from './tickets.ts'

/**
 * Remembers which sessions ended lately. Whoever was admitted, by ticket or otherwise, before their
 * session ended is found out by this when their socket opens after it.
 */
export interface EndedSessions {
  add(sessionId: SessionId): void
  has(sessionId: SessionId): boolean
}

/** Longer than a ticket is good for, and than a request takes to become a socket. */
const rememberMs = 2 * ticketMs

export function openEndedSessions({ clock }: { clock: Clock }): EndedSessions {
  /** In the order of their end. Bounded by how many sign out within `rememberMs`. */
  const ended = new Map<SessionId, number>()
  return {
    add(sessionId) {
      const now = clock.elapsed()
      for (const [id, at] of ended) {
        if (now - at < rememberMs) break
        ended.delete(id)
      }
      ended.set(sessionId, now)
    },
    has: (sessionId) => ended.has(sessionId),
  }
}
