import { sessionId, userId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import { randomToken } from '../../lib/random-token.ts'
import { type Tickets, ticketMs, ticketsPerUserMax } from '../../ports/tickets.ts'
import { openMemoryTickets } from '../memory/tickets.ts'
import type { RedisEngine } from './redis.ts'
import type { Script } from './script.ts'
import { tellSeldom } from './tell-seldom.ts'
import { issueScript, redeemScript } from './ticket-scripts.ts'

const session = z.object({ userId, sessionId, expiresAt: z.number() })

/**
 * Tickets that are issued on one node and redeemed on another, by the engine's time. While it is down one is
 * good on the node alone that issued it.
 */
export function openRedisTickets(
  { address, commands, clock, report }: RedisEngine,
  { now }: { now?: Clock['now'] } = {},
): Tickets {
  const tell = tellSeldom({ report, clock })
  const base = `${address.prefix}:{tickets}`
  const local = openMemoryTickets({ clock: now ? { now } : clock })

  /** Undefined where the engine doesn't answer. */
  async function run(script: Script, ticket: string, args: readonly (string | number)[] = []) {
    if (!commands.isUpFor(base)) return undefined
    const hash = new Bun.CryptoHasher('sha256').update(ticket).digest('base64url')
    try {
      return String(await commands.run(script, { keys: [base], args: [now?.() ?? '', hash, ...args] }))
    } catch (cause) {
      if (commands.isUpFor(base)) tell('redis: a ticket is known to its node alone', cause)
      return undefined
    }
  }

  return {
    async issue(of) {
      const ticket = randomToken()
      const ends = await run(issueScript, ticket, [
        ...[of.userId, JSON.stringify(of)],
        ...[ticketMs, ticketsPerUserMax],
      ])
      return ends === undefined ? local.issue(of) : { ticket, expiresAt: Number(ends) }
    },
    async redeem(ticket) {
      const own = await local.redeem(ticket)
      if (own) return own
      const found = await run(redeemScript, ticket)
      return found ? session.parse(JSON.parse(found)) : undefined
    },
    [Symbol.asyncDispose]: () => local[Symbol.asyncDispose](),
  }
}
