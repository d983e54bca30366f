import { closeCode } from '@confab/protocol/close-codes'
import { Refusal } from '@confab/protocol/refusal'
import { ConnectionLost } from './connection-lost.ts'
import { Heartbeat } from './heartbeat.ts'
import type { Edges, Socket } from './options.ts'
import { parseFrame } from './parse-frame.ts'
import { PendingCalls } from './pending-calls.ts'
import { openStream } from './stream-socket.ts'
import type { TransportKind } from './transports.ts'

/** An attempt that hasn't come to its hello by then is given up. */
export const helloWithinMs = 10_000

export interface AttemptOptions {
  origin: string
  token: (() => Promise<string>) | undefined
  edges: Edges
}

export interface AttemptHandlers {
  push(attempt: Attempt, method: string, params: unknown): void
  /** A call has its answer. */
  answered(): void
  unreadable(why: string, frame: unknown): void
  /** Closed, silent, or not let in. Not told of one that was dropped. */
  ended(attempt: Attempt, code: number, reason: string): void
}

/** One try to connect, and the connection that came of it: signs in by itself. */
export class Attempt {
  readonly kind: TransportKind
  readonly calls: PendingCalls
  readonly heartbeat: Heartbeat
  opened = false
  greeted = false
  readonly #options: AttemptOptions
  readonly #handlers: AttemptHandlers
  readonly #socket: Socket
  readonly #cancelHelloTimeout: () => void
  #dropped = false

  /** Throws where nothing can be opened. */
  constructor(kind: TransportKind, options: AttemptOptions, handlers: AttemptHandlers) {
    const { clock } = options.edges
    const socket = kind === 'socket' ? openSocket(options) : openStream(options)
    const dead = () => this.#end(1006, 'silent')
    this.kind = kind
    this.#options = options
    this.#handlers = handlers
    this.#socket = socket
    this.calls = new PendingCalls(clock, (frame) => socket.send(frame))
    this.heartbeat = new Heartbeat(clock, { ping: () => this.calls.call('ping', {}), dead })
    this.#cancelHelloTimeout = clock.after(helloWithinMs, dead)
    socket.onopen = () => {
      this.opened = true
      if (options.token && kind === 'socket') void this.#authenticate(options.token)
    }
    socket.onmessage = ({ data }) => this.#receive(data)
    socket.onclose = ({ code, reason }) => this.#end(code, reason)
    // A failed socket closes as well, and says there what is to be done.
    socket.onerror = () => undefined
  }

  greet(): void {
    this.greeted = true
    this.#cancelHelloTimeout()
  }

  /** Nothing more is heard of it, and what waits for an answer gets none. */
  drop(code?: number): void {
    this.#dropped = true
    this.#cancelHelloTimeout()
    this.heartbeat.stop()
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null
    this.#socket.close(code)
    this.calls.rejectAll(new ConnectionLost('cut off'))
  }

  /** Browsers can't set headers on a socket, so the token goes in a first call. */
  async #authenticate(token: () => Promise<string>): Promise<void> {
    try {
      const value = await token()
      if (!this.#dropped) await this.calls.call('auth', { token: value })
    } catch (error) {
      const signedOut = error instanceof Refusal && error.code === 'unauthenticated'
      if (!signedOut) this.#options.edges.log('warn', 'signing in failed', error)
      this.#end(signedOut ? closeCode.signedOut : 1006, '')
    }
  }

  #receive(data: unknown): void {
    this.heartbeat.heard()
    const frame = parseFrame(data)
    switch (frame.kind) {
      case 'result':
        this.calls.resolve(frame.id, frame.result)
        this.#handlers.answered()
        break
      case 'refused':
        this.calls.reject(frame.id, frame.refusal)
        this.#handlers.answered()
        break
      case 'push':
        this.#handlers.push(this, frame.method, frame.params)
        break
      case 'unreadable':
        this.#handlers.unreadable(frame.why, data)
        break
    }
  }

  #end(code: number, reason: string): void {
    if (!this.#dropped) this.#handlers.ended(this, code, reason)
  }
}

export function openSocket({ edges, origin }: AttemptOptions): Socket {
  return edges.openSocket(`${origin.replace(/^http/, 'ws')}/api/v1/ws`)
}
