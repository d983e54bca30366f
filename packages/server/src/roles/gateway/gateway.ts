import { callParams } from '@confab/protocol/calls'
import { closeCode } from '@confab/protocol/close-codes'
import { type ConnectionId, connectionId } from '@confab/protocol/ids'
import { silenceMs } from '@confab/protocol/limits'
import { Refusal } from '@confab/protocol/refusal'
import type { Server, WebSocketHandler } from 'bun'
import { openFeed } from '../../domain/delivery/feed.ts'
import { openPace } from '../../domain/delivery/pace.ts'
import { pacedBus } from '../../domain/delivery/paced-bus.ts'
import type { SyncBounds } from '../../domain/delivery/sync.ts'
import type { Domain } from '../../domain/domain.ts'
import type { Limiter } from '../../domain/limits/limiter.ts'
import { openPresenceWatch } from '../../domain/presence/presence-watch.ts'
import { openCursorGate } from '../../domain/receipts/cursor-gate.ts'
import type { TellRefused } from '../../domain/security/tell-refused.ts'
import { openTypingBoard } from '../../domain/typing/typing-board.ts'
import { assert } from '../../lib/assert.ts'
import { openClockSetBacks } from '../../lib/clock-set-backs.ts'
import type { OpenLogTail } from '../../ports/event-log.ts'
import type { Identity, Session } from '../../ports/identity.ts'
import type { Tickets } from '../../ports/tickets.ts'
import { problemResponse } from '../http/problem.ts'
import { prepareAnswerCall } from './answer-call.ts'
import { openCallRelay, type StreamCall } from './call-relay.ts'
import { openCalls } from './calls.ts'
import { type Connection, isSignedIn } from './connection.ts'
import { openDrain } from './drain.ts'
import { openEntrance, tooManyOf } from './entrance.ts'
import { type Parsed, parseCall, parseFrame } from './parse-frame.ts'
import { admit } from './sign-in.ts'
import { type Socket, SocketConnection, type SocketData } from './socket-connection.ts'
import { StreamConnection } from './stream-connection.ts'
import { createStreamTopics } from './stream-topics.ts'
import { openSubscriptions, type Publisher } from './subscriptions.ts'
import { openSweeper, type SweptLimits } from './sweep.ts'
import { openTurnAway } from './turn-away.ts'
import { openUserHub } from './user-hub.ts'

/** The role that keeps sockets: parses frames, calls the domain, and sends what the feeds give. */
export interface Gateway extends AsyncDisposable {
  websocket: SocketHandler
  /** Answers a handshake; undefined once it has become a socket. */
  upgrade(request: Request, server: Server<SocketData>): Promise<Response | undefined>
  /** Gives the gateway the server through whose topics it publishes. Before the first upgrade. */
  attach(server: Publisher): void
  /** A stream for a session, where no socket can be: its body is the event stream. */
  openStream(session: Session, from: { address: string | undefined }): ReadableStream<Uint8Array>
  /**
   * Answers a call that belongs to a stream, of any node, as a socket’s is answered: a notification,
   * with nothing.
   */
  call(session: Session, id: ConnectionId, frame: unknown): Promise<string | undefined>
  readonly connectionCount: number
  /** Takes no more sockets and tells the open ones to go elsewhere, one after the other. */
  drain(): void
  /**
   * As `drain`, and from this moment on nothing more is told of conversations and of what is one's own, and
   * nothing new is begun: for positions and revs that mean nothing any more.
   */
  retire(): void
  /** Closes who is still there, answered or not. */
  closeAll(): void
}

/** What the runtime calls; of a socket it asks no more than `Socket` has. */
type SocketHandler = Omit<WebSocketHandler<SocketData>, 'open' | 'message' | 'pong' | 'drain' | 'close'> & {
  open(socket: Socket): void
  message(socket: Socket, frame: string | Buffer): void
  pong(socket: Socket): void
  drain(socket: Socket): void
  close(socket: Socket): void
}

export interface GatewayOptions {
  domain: Domain
  identity: Identity
  tickets: Tickets
  /** Origins that may connect: the installation's own and `CORS_ORIGINS`. */
  origins: readonly string[]
  /** Where a handshake came from, as far as trusted proxies tell. */
  addressOf?: (request: Request) => string | undefined
  /** Whether a `Cookie` header carries a session. */
  sessionCookie: (cookies: string) => boolean
  bounds?: Partial<SweptLimits>
  syncBounds?: SyncBounds | undefined
  tellRefused?: TellRefused
  /** Begins each of its topics: no other gateway on the same server has it. */
  name?: string
  /** Undefined where the store is the only log. */
  openLogTail?: OpenLogTail | undefined
}

/** More than the largest reply, so that only who doesn't read is cut. */
const bufferedBytesMax = 2 * 1024 * 1024

/** Without it the runtime would agree to the first one that a client names, whatever it is. */
const noSubprotocol = { 'Sec-WebSocket-Protocol': '' }

export function openGateway({
  domain,
  identity,
  tickets,
  origins,
  sessionCookie,
  addressOf = () => undefined,
  bounds = {},
  syncBounds,
  openLogTail,
  name = '',
  tellRefused = () => undefined,
}: GatewayOptions): Gateway {
  const { store, bus, presence, clock, limits, rateLimits: limiter, report } = domain
  const schemas = callParams(limits)
  const connections = new Set<Connection>()
  const streams = new Map<ConnectionId, StreamConnection>()
  const streamTopics = createStreamTopics()
  const allowed = new Set(origins)
  let server: Publisher | undefined

  const publisher = {
    publish(topic: string, frame: string) {
      assert(server, 'the gateway has no server to publish through')
      streamTopics.publish(topic, frame)
      return server.publish(topic, frame)
    },
    subscriberCount: (topic: string) =>
      (server?.subscriberCount(topic) ?? 0) + streamTopics.subscriberCount(topic),
  }
  const pace = openPace({ readers: connections, clock })
  // Events and what is a user's own through the same one, since they keep their order.
  const paced = pacedBus({ bus, pace, report })
  const cursors = openCursorGate({ clock })
  const hub = openUserHub({
    domain: { ...domain, bus: paced },
    identity,
    cursors,
    subscriptions: () => subscriptions,
  })
  const subscriptions = openSubscriptions({
    store,
    publisher,
    topicOf: (id) => name + id,
    cursors,
    connectionsOf: hub.connectionsOf,
    openFeed: (sink) => openFeed({ store, bus: paced, clock, report, sink, pace, openTail: openLogTail }),
  })
  const presenceWatch = openPresenceWatch({
    ...{ presence, store, bus, clock, report },
    watchedMax: limits.watchedUsers,
  })
  const typing = openTypingBoard({ bus, clock })
  const setBacks = openClockSetBacks(clock)
  const drain = openDrain({ connections, clock })
  const entrance = openEntrance({ domain, identity, hub, heartbeatMs: bounds.heartbeatMs })
  const calls = openCalls({ domain, subscriptions, presenceWatch, typing, syncBounds, setBacks })
  const answerCall = prepareAnswerCall({ calls, auth: entrance.auth, limiter, tellRefused, report })
  const relay = openCallRelay({ bus, clock, newId: domain.newId, report, answer: answerOnStream })
  const turnAway = openTurnAway({ domain, connections })
  const sweeper = openSweeper({
    connections,
    clock,
    limited: limiter !== undefined,
    bounds: { ...(limiter && callBounds(limiter)), ...bounds },
    also() {
      setBacks.look()
      subscriptions.sweep()
      turnAway.sweep()
    },
  })

  function open(socket: Socket) {
    const connection = new SocketConnection(socket, connectionId.parse(domain.newId()), clock.elapsed())
    socket.data.connection = connection
    const { admission, address } = socket.data
    connection.address = address
    if (admission.admitted === 'refused') return connection.close(admission.code, admission.reason)
    if (drain.isUnderWay) return connection.close(closeCode.draining, 'draining')
    connections.add(connection)
    if (admission.admitted !== 'signed-in') return
    const entering = entrance.enter(connection, admission.session)
    entering.catch(entrance.endBroken(connection))
    // After the line before: what a broken one said is heard by nobody.
    connection.enterBy(entering)
  }

  function hear(socket: Socket, frame: string | Buffer) {
    const { connection } = socket.data
    hearLife(socket)
    connection?.hearInTurn(frame, () => hearCall(connection, frame))
  }

  function hearCall(connection: Connection, frame: string | Buffer) {
    // It isn't answered, so it will be sent again elsewhere.
    if (connection.closed || connection.leaving) return
    if (typeof frame !== 'string') return connection.close(closeCode.impossibleFrame, 'frames are text')
    const parsed = parseFrame(schemas, frame, isSignedIn(connection))
    const answered = answer(connection, parsed, (reply) => connection.send(reply))
    if (parsed && 'method' in parsed && parsed.method === 'auth') connection.enterBy(answered)
  }

  /** Any frame counts, a pong too. */
  function hearLife({ data: { connection } }: Socket) {
    if (connection) connection.heardAt = clock.elapsed()
  }

  /** Never rejects: whatever happens is the caller's answer. */
  async function answer(connection: Connection, parsed: Parsed, send: (reply: string) => void) {
    connection.callsTaken++
    if (!parsed) return
    if ('error' in parsed) return send(JSON.stringify(parsed))
    await answerCall(connection, parsed, send)
    // A sign-in that fails ends the socket, like one at the upgrade; any other call may try again.
    if (parsed.method === 'auth' && !connection.session) connection.close(closeCode.signedOut, 'signed out')
    drain.closeAnswered(connection)
  }

  function close({ data: { connection } }: Socket) {
    if (!connection) return
    connection.closed = true
    forget(connection)
  }

  function forget(connection: Connection) {
    connections.delete(connection)
    if (!isSignedIn(connection)) return
    hub.remove(connection)
    subscriptions.forget(connection)
    presenceWatch.forget(connection)
    presence
      .disconnect(connection.session.userId, connection.id)
      .catch((cause) => report('gateway: a disconnect was not noted', cause))
  }

  function forgetStream(connection: StreamConnection) {
    streams.delete(connection.id)
    forget(connection)
  }

  function openStream(session: Session, { address }: { address: string | undefined }) {
    if (drain.isUnderWay) throw new Refusal('overloaded', { retryAfterMs: 1_000 })
    const id = relay.newStreamId()
    const stream = new StreamConnection(id, clock.elapsed(), { topics: streamTopics, onEnd: forgetStream })
    stream.address = address
    connections.add(stream)
    streams.set(id, stream)
    entrance.signIn(stream, session).catch(entrance.endBroken(stream))
    return stream.body
  }

  async function answerOnStream({ sessionId, id, frame }: StreamCall): Promise<string | undefined> {
    const stream = streams.get(id)
    if (!stream || stream.session?.sessionId !== sessionId) throw new Refusal('not_found')
    if (stream.leaving) throw new Refusal('overloaded', { retryAfterMs: 1_000 })
    stream.heardAt = clock.elapsed()
    let reply: string | undefined
    await answer(stream, parseCall(schemas, frame, true), (encoded) => {
      reply = encoded
    })
    return reply
  }

  return {
    websocket: {
      open,
      message: hear,
      ping: hearLife,
      pong: hearLife,
      drain: ({ data: { connection } }) => connection?.drained(),
      close,
      maxPayloadLength: limits.frameBytes,
      backpressureLimit: bufferedBytesMax,
      // Without it the runtime drops what exceeds the limit, in silence.
      closeOnBackpressureLimit: true,
      // A second net, for sockets that are closed and don't go: the sweeper looks at who is silent.
      idleTimeout: silenceMs / 1_000,
      // The runtime would ping only after 22 s of silence: the sweeper pings as the contract says.
      sendPings: false,
      perMessageDeflate: false,
    },
    async upgrade(request, to) {
      if (drain.isUnderWay) return problemResponse(new Refusal('overloaded', { retryAfterMs: 1_000 }))
      const address = addressOf(request)
      const over = await tooManyOf(limiter?.take('sockets', address))
      const admission = over ?? (await admit(request, { identity, tickets, origins: allowed, sessionCookie }))
      if (!over && admission.admitted === 'refused') {
        const code = admission.code === closeCode.originRefused ? 'forbidden' : 'unauthenticated'
        tellRefused({ code, door: 'GET /api/v1/ws', address })
      }
      const data = { admission, address, connection: undefined }
      // False for whoever has gone meanwhile.
      return to.upgrade(request, { data, headers: noSubprotocol }) ? undefined : new Response()
    },
    attach(to) {
      server = to
    },
    openStream,
    call: ({ sessionId }, id, frame) => relay.call({ sessionId, id, frame }),
    get connectionCount() {
      return connections.size
    },
    drain: drain.begin,
    retire() {
      for (const connection of connections) connection.leaving = true
      hub[Symbol.dispose]()
      subscriptions[Symbol.dispose]()
      drain.begin()
    },
    closeAll() {
      for (const connection of [...connections]) connection.close(closeCode.draining, 'draining')
    },
    async [Symbol.asyncDispose]() {
      drain[Symbol.dispose]()
      sweeper[Symbol.dispose]()
      await turnAway[Symbol.asyncDispose]()
      relay[Symbol.dispose]()
      typing[Symbol.dispose]()
      presenceWatch[Symbol.dispose]()
      hub[Symbol.dispose]()
      subscriptions[Symbol.dispose]()
    },
  }
}

const callBounds = ({ rates: { calls } }: Limiter) => ({
  callsAtOnce: calls.burst,
  callsPerSweep: calls.perMinute / 60,
})
