import { type CallInput, type CallResults, callResults, type Method } from '@confab/protocol/calls'
import type { PushFrame, RpcError } from '@confab/protocol/frames'
import { defaultLimits } from '@confab/protocol/limits'
import { type PushMethod, type PushParams, pushParams } from '@confab/protocol/pushes'
import { within } from './within.ts'

/**
 * A client which knows the contract's frames and nothing else, so that what it sees is what the server
 * sent. Each push and each result is checked against the contract's schema, and each frame against its
 * size; one that breaks it fails the test. It answers pings, as every WebSocket does.
 */
export interface RawSocket extends AsyncDisposable {
  /** The result of a call; throws a `CallRefused` for an error. */
  call<M extends Method>(method: M, params?: CallInput[M]): Promise<CallResults[M]>
  /** The error with which any method is refused, whatever its params; throws where it isn't refused. */
  refusal(method: string, params?: unknown): Promise<RpcError>
  /** Sends what is no call, or none to wait for. */
  send(frame: string | Uint8Array): void
  /** The next reply that belongs to no `call` or `refusal`. */
  reply(): Promise<Reply>
  /** The earliest push that fits and that no `next` has taken yet; waits for it if need be. */
  next<M extends PushMethod>(method: M, fits?: (params: PushParams[M]) => boolean): Promise<PushParams[M]>
  /** All pushes so far, taken or not, in the order of arrival. */
  readonly pushes: readonly PushFrame[]
  /** The methods of all frames so far, `reply` for a reply, in the order of arrival. */
  readonly order: readonly (PushMethod | 'reply')[]
  /** Resolves when the connection has ended, however it did. */
  readonly closed: Promise<{ code: number; reason: string }>
  /** Ends the connection as a crashed client does. */
  terminate(): void
}

export interface Reply {
  id: string | number | null
  result?: unknown
  error?: RpcError
}

interface ReplyTo<M extends Method> {
  result: CallResults[M]
  error?: RpcError
}

export class CallRefused extends Error {
  readonly error: RpcError

  constructor(method: string, error: RpcError) {
    super(`${method} is refused: ${JSON.stringify(error)}`)
    this.error = error
  }
}

export interface SocketOptions {
  /** Sent as `Authorization: Bearer`. */
  token?: string
  /** Sent as the headers of those names. */
  cookie?: string
  origin?: string
  ticket?: string
  /** As a proxy on this machine says it. */
  forwardedFor?: string
}

// The runtime's own client takes headers; the DOM's types, which are loaded too, hide that.
const clientName: string = 'WebSocket'
const Client: new (url: URL, options: Bun.WebSocketOptions) => Bun.WebSocket = Reflect.get(
  globalThis,
  clientName,
)

/** Resolves once the server has upgraded the connection, even where it closes it right after. */
export async function openSocket(
  server: { url: string },
  { token, cookie, origin, ticket, forwardedFor }: SocketOptions = {},
): Promise<RawSocket> {
  const url = new URL('/api/v1/ws', server.url)
  url.protocol = 'ws:'
  if (ticket !== undefined) url.searchParams.set('ticket', ticket)
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(cookie !== undefined && { cookie }),
    ...(origin !== undefined && { origin }),
    ...(forwardedFor !== undefined && { 'x-forwarded-for': forwardedFor }),
  }
  const socket = new Client(url, { headers })
  const raw = listenTo(socket)
  const { promise: opened, resolve, reject } = Promise.withResolvers<void>()
  socket.addEventListener('open', () => resolve())
  raw.closed.then(({ code, reason }) => reject(new Error(`not upgraded: ${code} ${reason}`)), reject)
  await within(opened, 'the upgrade')
  return raw
}

function listenTo(socket: Bun.WebSocket): RawSocket {
  const order: (PushMethod | 'reply')[] = []
  const pushes: PushFrame[] = []
  let untaken: PushFrame[] = []
  const replies: Reply[] = []
  const calls = new Map<number, (text: string) => void>()
  const ended = Promise.withResolvers<{ code: number; reason: string }>()
  const looks = new Set<() => void>()
  let broken: Error | undefined
  let lastId = 0

  function hear(text: string) {
    const bytes = Buffer.byteLength(text)
    if (bytes > defaultLimits.frameBytes) throw new Error(`a frame of ${bytes} bytes`)
    const frame: PushFrame | Reply = JSON.parse(text)
    if ('method' in frame) {
      pushParams[frame.method].parse(frame.params)
      order.push(frame.method)
      pushes.push(frame)
      untaken.push(frame)
    } else {
      order.push('reply')
      const answer = typeof frame.id === 'number' ? calls.get(frame.id) : undefined
      if (answer) answer(text)
      else replies.push(frame)
    }
  }

  socket.addEventListener('message', ({ data }) => {
    try {
      hear(String(data))
    } catch (cause) {
      broken = new Error(`not a frame of the contract: ${String(data).slice(0, 500)}`, { cause })
    }
    for (const look of looks) look()
  })
  socket.addEventListener('close', ({ code, reason }) => {
    broken ??= new Error(`the socket was closed: ${code} ${reason}`)
    for (const look of looks) look()
    ended.resolve({ code, reason })
  })

  /** Looks now and at each frame until something is found. */
  async function found<Found>(what: string, find: () => Found | undefined): Promise<Found> {
    const { promise, resolve, reject } = Promise.withResolvers<Found>()
    const look = () => {
      const value = find()
      if (value !== undefined) resolve(value)
      else if (broken) reject(new Error(what, { cause: broken }))
    }
    looks.add(look)
    look()
    try {
      return await within(promise, what)
    } finally {
      looks.delete(look)
    }
  }

  async function ask(method: string, params: unknown): Promise<string> {
    const id = --lastId
    let answer: string | undefined
    calls.set(id, (text) => {
      answer = text
    })
    socket.send(JSON.stringify({ id, method, params }))
    try {
      return await found(`the reply to ${method}`, () => answer)
    } finally {
      calls.delete(id)
    }
  }

  return {
    order,
    pushes,
    closed: ended.promise,
    async call(method, params) {
      const reply: ReplyTo<typeof method> = JSON.parse(await ask(method, params ?? {}))
      if (reply.error) throw new CallRefused(method, reply.error)
      callResults[method].parse(reply.result)
      return reply.result
    },
    async refusal(method, params = {}) {
      const reply: Reply = JSON.parse(await ask(method, params))
      if (!reply.error) throw new Error(`${method} is not refused: ${JSON.stringify(reply.result)}`)
      return reply.error
    },
    send: (frame) => socket.send(frame),
    reply: () => found('a reply', () => replies.shift()),
    next: (method, fits = () => true) =>
      found(`a push ${method} that fits`, () => {
        for (const push of untaken) {
          if (!isPush(push, method) || !fits(push.params)) continue
          untaken = untaken.filter((other) => other !== push)
          return push.params
        }
        return undefined
      }),
    terminate: () => socket.terminate(),
    async [Symbol.asyncDispose]() {
      socket.close()
      await within(ended.promise, 'the close')
    },
  }
}

const isPush = <M extends PushMethod>(
  push: PushFrame,
  method: M,
): push is PushFrame & { method: M; params: PushParams[M] } => push.method === method

/** The events that a socket was pushed of a conversation, in the order of arrival. */
export const eventsOf = ({ pushes }: RawSocket, conversationId: string) =>
  pushes.flatMap((push) =>
    push.method === 'event' && push.params.conversationId === conversationId ? [push.params] : [],
  )
