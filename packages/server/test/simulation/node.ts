import { sessionId, userId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import { announce } from '../../src/domain/delivery/announce.ts'
import { openCommitQueue } from '../../src/domain/delivery/commit-queue.ts'
import type { SyncBounds } from '../../src/domain/delivery/sync.ts'
import type { Domain } from '../../src/domain/domain.ts'
import { openKeptPresence } from '../../src/domain/presence/kept-presence.ts'
import { openReceiptTeller } from '../../src/domain/receipts/receipt-teller.ts'
import { openMemoryTickets } from '../../src/drivers/memory/tickets.ts'
import type { Report } from '../../src/lib/report.ts'
import type { Bus } from '../../src/ports/bus.ts'
import type { Identity, Session } from '../../src/ports/identity.ts'
import type { PresenceBoard } from '../../src/ports/presence.ts'
import type { Store } from '../../src/ports/store.ts'
import { type Gateway, openGateway } from '../../src/roles/gateway/gateway.ts'
import { noDevices, openDoors } from '../open-doors.ts'
import type { PartyClock } from './timeline.ts'

/**
 * A server process: what `main.ts` builds, over ports that are simulated or real,
 * without what is no part of delivery.
 */
export interface Node {
  readonly domain: Domain
  readonly gateway: Gateway
  readonly clock: PartyClock
}

export interface NodeOptions {
  clock: PartyClock
  store: Store
  bus: Bus
  board: PresenceBoard
  /** What is chosen, and when users were last seen, outlasts the node. */
  keepsPresence: boolean
  newId: () => string
  report: Report
  /** Hands a frame to every socket of this node that has subscribed. */
  publish(topic: string, frame: string): void
  subscriberCount(topic: string): number
}

/** Logs are short here: what is far behind elsewhere is a few events. */
const syncBounds: SyncBounds = { conversationsMax: 3, eventsMax: 9, behindMax: 30 }
const contentSecret = new Uint8Array(32)

export function bootNode(options: NodeOptions): Node {
  const { clock, store, bus, board, keepsPresence, newId, report, publish, subscriberCount } = options
  const receipts = openReceiptTeller({ bus, clock })
  const commits = openCommitQueue({
    store,
    announce: (batch) => announce({ bus, receipts }, batch),
    report,
    soon: (step) => clock.after(0, step),
    later: (step) => clock.after(2_000, step),
  })
  const domain: Domain = {
    store,
    bus,
    presence: keepsPresence ? openKeptPresence({ board, store, commits, clock, report }) : board,
    identity,
    rateLimits: undefined,
    limits: defaultLimits,
    ...openDoors,
    commits,
    clock,
    newId,
    contentSecret,
    report,
  }
  const tickets = openMemoryTickets({ clock })
  const gateway = openGateway({
    ...{ domain, identity, tickets, origins: [], sessionCookie: () => false, syncBounds },
  })
  gateway.attach({ publish, subscriberCount })
  return { domain, gateway, clock }
}

/** Everybody's token is their own id. */
export const identity: Identity = {
  handle: () => Promise.reject(new Error('nobody signs up in a simulation')),
  authenticate: async (headers) => sessionOf(headers.get('authorization')?.replace('Bearer ', '') ?? ''),
  verify: async (token) => sessionOf(token),
  living: async (ids) => new Set(ids),
  emailOf: async (id) => `${id}@example.org`,
  erase: async () => undefined,
  onSessionEnded: () => () => undefined,
  ...noDevices,
  [Symbol.asyncDispose]: async () => undefined,
}

function sessionOf(token: string): Session | undefined {
  const parsed = userId.safeParse(token)
  if (!parsed.success) return undefined
  return { userId: parsed.data, sessionId: sessionId.parse(token), expiresAt: Number.MAX_SAFE_INTEGER }
}
