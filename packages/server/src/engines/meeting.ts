import type { Bus } from '../ports/bus.ts'
import type { PresenceBoard } from '../ports/presence.ts'
import type { RateLimits } from '../ports/rate-limits.ts'
import type { Tickets } from '../ports/tickets.ts'

/** Where nodes meet: what they tell each other, and what they count and remember together for a while. */
export interface Meeting {
  bus: Bus
  board: PresenceBoard
  rateLimits: RateLimits
  tickets: Tickets
}
