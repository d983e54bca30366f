import { randomBytes } from 'node:crypto'
import { type SessionId, sessionId, type UserId, userId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import { announce } from '../src/domain/delivery/announce.ts'
import { openCommitQueue } from '../src/domain/delivery/commit-queue.ts'
import { type LossyBus, lossyBus } from '../src/domain/delivery/lossy-bus.ts'
import type { Domain } from '../src/domain/domain.ts'
import { openReceiptTeller } from '../src/domain/receipts/receipt-teller.ts'
import { openMemoryBus } from '../src/drivers/memory/bus.ts'
import { openMemoryPresence } from '../src/drivers/memory/presence.ts'
import { openMemoryTickets } from '../src/drivers/memory/tickets.ts'
import { openDatabase } from '../src/drivers/sql/database.ts'
import { openSqliteStore } from '../src/drivers/sql/sqlite-store.ts'
import type { Clock } from '../src/lib/clock.ts'
import type { Identity, Session } from '../src/ports/identity.ts'
import type { Store } from '../src/ports/store.ts'
import { openGateway } from '../src/roles/gateway/gateway.ts'
import { renewableGateway } from '../src/roles/gateway/renewable-gateway.ts'
import type { SocketData } from '../src/roles/gateway/socket-connection.ts'
import { streamRoutes } from '../src/roles/gateway/stream-routes.ts'
import { createApi } from '../src/roles/http/api.ts'
import { type HeldCall, holdable } from './held-store.ts'
import { noDevices, openDoors } from './open-doors.ts'

/**
 * The gateway in this process, over real sockets and streams, with the test's own clock and a bus that it cuts.
 * A cut bus takes the changes of presence with it, as one service does that carries both.
 */
export interface InProcess extends AsyncDisposable {
  url: string
  domain: Domain
  bus: LossyBus
  person(name: string): Promise<UserId>
  /** A token of a new session. */
  signIn(id: UserId): string
  /** Holds back the next call of a name that the gateway makes. */
  hold(name: keyof Store, when: 'before' | 'after'): HeldCall
  /** Ends a session without a word to anybody. */
  endSession(token: string): void
  /** Begins the gateway anew, as when the database has become another history. */
  renew(): void
  /** Tells everybody to go elsewhere. */
  drain(): void
}

export async function startInProcess({ clock }: { clock: Clock }): Promise<InProcess> {
  const stack = new AsyncDisposableStack()
  const report = (context: string, cause: unknown) => {
    throw new Error(context, { cause })
  }
  const bus = lossyBus(openMemoryBus({ report }))
  const database = stack.adopt(openDatabase({ file: ':memory:' }), (open) => open.close())
  const { store, hold } = holdable<Store>(
    stack.use(await openSqliteStore({ database, limits: defaultLimits, clock })),
  )
  const board = stack.use(openMemoryPresence({ clock, report }))
  const receipts = stack.use(openReceiptTeller({ bus, clock }))
  const commits = stack.use(
    openCommitQueue({ store, announce: (batch) => announce({ bus, receipts }, batch), report }),
  )
  const sessions = openSessions()
  const domain: Domain = {
    ...{ store, bus, commits, clock, report, limits: defaultLimits, identity: sessions.identity },
    presence: { ...board, onChange: (listener) => board.onChange((seen) => bus.isCut || listener(seen)) },
    rateLimits: undefined,
    newId: Bun.randomUUIDv7,
    contentSecret: randomBytes(32),
    ...openDoors,
  }
  const gateway = stack.use(
    renewableGateway(
      (name) =>
        openGateway({
          ...{ name, domain, identity: sessions.identity, origins: [], sessionCookie: () => false },
          tickets: openMemoryTickets({ clock }),
        }),
      { clock },
    ),
  )
  const api = createApi({
    peerAddress: () => undefined,
    trustedProxies: { has: () => false },
    trustedOrigins: [],
    limits: undefined,
    report,
  })
  const who = { identity: sessions.identity, trustedOrigins: [], limits: undefined }
  api.route('/', streamRoutes({ gateway, ...who }))
  const server = Bun.serve<SocketData>({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request, to) =>
      request.headers.has('upgrade') ? gateway.upgrade(request, to) : api.fetch(request),
    websocket: gateway.websocket,
  })
  stack.defer(() => server.stop(true))
  gateway.attach(server)

  return {
    url: `http://127.0.0.1:${server.port}`,
    ...{ domain, bus, hold },
    signIn: sessions.begin,
    endSession: sessions.end,
    renew: gateway.renew,
    drain: gateway.drain,
    async person(name) {
      const id = userId.parse(Bun.randomUUIDv7())
      await store.createUser({ id, name, handle: name, at: clock.now() })
      return id
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** Sessions whose token is their id. */
function openSessions() {
  const living = new Map<string, Session>()
  const verify: Identity['verify'] = async (token) => living.get(token)
  const identity: Identity = {
    verify,
    handle: () => Promise.reject(new Error('nobody signs up here')),
    authenticate: (headers) => verify(headers.get('authorization')?.replace('Bearer ', '') ?? ''),
    living: async (ids) => new Set(ids.filter((id) => living.has(id))),
    emailOf: async (id) => `${id}@example.com`,
    erase: async () => undefined,
    onSessionEnded: () => () => undefined,
    ...noDevices,
    [Symbol.asyncDispose]: async () => undefined,
  }
  return {
    identity,
    begin(id: UserId): string {
      const session: SessionId = sessionId.parse(crypto.randomUUID())
      living.set(session, { userId: id, sessionId: session, expiresAt: Number.MAX_SAFE_INTEGER })
      return session
    },
    end: (token: string) => void living.delete(token),
  }
}
