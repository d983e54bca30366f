import type { CallInput, CallResults, Method } from '@confab/protocol/calls'
import { afterClose, closeCode } from '@confab/protocol/close-codes'
import { heartbeatMs, silenceMs } from '@confab/protocol/limits'
import type { Hello } from '@confab/protocol/pushes'
import { Refusal } from '@confab/protocol/refusal'
import { reconnectMs } from './back-off.ts'
import { ConnectionLost } from './connection-lost.ts'
import { Heartbeat } from './heartbeat.ts'
import type { Edges, Socket } from './options.ts'
import { parseFrame } from './parse-frame.ts'
import { PendingCalls } from './pending-calls.ts'
import type { Status } from './status.ts'
import { openStream } from './stream-socket.ts'
import { lookForSocket, type SocketSearch, type TransportKind, Transports } from './transports.ts'
import { type Cell, cell, type Notifier, type Value } from './value.ts'

/*
              start                 hello              greeted
  (new) ───────────► connecting ────────────► greeting ───────► online
                      ▲      │                    │                │
         timer, wake, │      │ closed, silent,    │                │
         reconnect()  │      ▼ or not greeted     ▼                ▼
                     waiting ◄─────────────────────────────────────┤
                                                                   │ 4401, no token
  signed-out ◄─────────────────────────────────────────────────────┤
      │ reconnect(): connecting                                    │ 4400, 4403, 4413, 1009,
      ▼                                                            │ close()
    stopped ◄──────────────────────────────────────────────────────┘

  To the outside, greeting is still `connecting`: what is shown may be behind until it is done.
*/

/** An attempt that hasn't come to its hello by then is given up. */
export const helloWithinMs = 10_000
/** Only a connection that held this long starts the count of attempts anew. */
export const steadyAfterMs = 5_000

export interface ConnectionHandlers {
  /** Catches up; the connection counts as online when it resolves, and is tried again when it rejects. */
  greet(hello: Hello): Promise<void>
  /** Everything pushed after the hello. */
  push(method: string, params: unknown): void
  /** The connection is gone; what was known of it (watches, typing) is void. */
  down(): void
}

interface Attempt {
  kind: TransportKind
  socket: Socket
  opened: boolean
  calls: PendingCalls
  heartbeat: Heartbeat
  cancelHelloTimeout: () => void
  greeted: boolean
}

export interface ConnectionOptions {
  origin: string
  token: (() => Promise<string>) | undefined
  edges: Edges
  notifier: Notifier
  handlers: ConnectionHandlers
}

/**
 * One connection at a time to the server, opened again for as long as that makes sense: a socket,
 * or a stream.
 */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #status: Cell<Status>
  #attempt: Attempt | undefined
  /** Tries in a row that did not lead to a steady connection. */
  #tries = 0
  #onlineSince: number | undefined
  #cancelWait: (() => void) | undefined
  readonly #transports = new Transports()
  #socketSearch: SocketSearch | undefined
  #stopListening: (() => void) | undefined
  /** Frames that made no sense, for a diagnosis. */
  unreadableFrames = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#status = cell<Status>(options.notifier, { status: 'connecting' })
  }

  get status(): Value<Status> {
    return this.#status
  }

  start(): void {
    this.#stopListening = this.#options.edges.onWake(() => this.#wake())
    this.#open()
  }

  /** Fails at once with `ConnectionLost` when there is no connection. */
  call<M extends Method>(method: M, params: CallInput[M]): Promise<CallResults[M]> {
    if (!this.#attempt?.greeted) return Promise.reject(new ConnectionLost(`${method}: not connected`))
    return this.#attempt.calls.call(method, params)
  }

  /** Tries at once where nothing is under way; after `signed-out` too, but not after `close`. */
  reconnect(): void {
    const { status } = this.#status.get()
    if (status === 'waiting' || status === 'signed-out') this.#open()
  }

  /** Gives this connection up and makes another, after a pause. */
  restart(): void {
    if (this.#attempt) this.#lost(1006, '')
  }

  close(reason = 'closed'): void {
    this.#stopListening?.()
    this.#leave({ status: 'stopped', reason }, 1000)
  }

  #wake(): void {
    if (this.#status.get().status === 'waiting') this.#open()
    // Timers sleep in a hidden page, and a changed network kills a socket without a word: look at once.
    else this.#attempt?.heartbeat.probe()
    // Another network may let a socket through.
    this.#socketSearch?.hurry()
  }

  #open(): void {
    this.#cancelWait?.()
    this.#status.set({ status: 'connecting' })
    const { edges, token } = this.#options
    const kind = this.#transports.next
    let socket: Socket
    try {
      socket = kind === 'socket' ? this.#openSocket() : openStream(this.#options)
    } catch (error) {
      edges.log('warn', 'the socket could not be opened', error)
      this.#transports.ended(kind, false)
      this.#lost(1006, '')
      return
    }
    const calls = new PendingCalls(edges.clock, (frame) => socket.send(frame))
    const dead = () => this.#ended(attempt, 1006, 'silent')
    const attempt: Attempt = {
      kind,
      socket,
      opened: false,
      calls,
      heartbeat: new Heartbeat(edges.clock, { ping: () => calls.call('ping', {}), dead }),
      cancelHelloTimeout: edges.clock.after(helloWithinMs, dead),
      greeted: false,
    }
    this.#attempt = attempt
    socket.onopen = () => {
      attempt.opened = true
      if (token && kind === 'socket') void this.#authenticate(attempt, token)
    }
    socket.onmessage = ({ data }) => this.#receive(attempt, data)
    socket.onclose = ({ code, reason }) => this.#ended(attempt, code, reason)
    // A failed socket closes as well, and says there what is to be done.
    socket.onerror = () => undefined
  }

  #openSocket(): Socket {
    const { edges, origin } = this.#options
    return edges.openSocket(`${origin.replace(/^http/, 'ws')}/api/v1/ws`)
  }

  /** Browsers can't set headers on a socket, so the token goes in a first call. */
  async #authenticate(attempt: Attempt, token: () => Promise<string>): Promise<void> {
    try {
      const value = await token()
      if (attempt === this.#attempt) await attempt.calls.call('auth', { token: value })
    } catch (error) {
      const signedOut = error instanceof Refusal && error.code === 'unauthenticated'
      if (!signedOut) this.#options.edges.log('warn', 'signing in failed', error)
      this.#ended(attempt, signedOut ? closeCode.signedOut : 1006, '')
    }
  }

  #receive(attempt: Attempt, data: unknown): void {
    attempt.heartbeat.heard()
    const frame = parseFrame(data)
    switch (frame.kind) {
      case 'result':
        attempt.calls.resolve(frame.id, frame.result)
        break
      case 'refused':
        attempt.calls.reject(frame.id, frame.refusal)
        break
      case 'push':
        this.#options.handlers.push(frame.method, frame.params)
        break
      case 'unreadable':
        this.unreadable(frame.why, data)
        break
    }
  }

  /** Counted and logged, and otherwise passed over: one bad frame must not cost the connection. */
  unreadable(why: string, frame: unknown): void {
    this.unreadableFrames++
    this.#options.edges.log('warn', `unreadable frame: ${why}`, frame)
  }

  /** To be called with the server's hello. */
  hello(hello: Hello): void {
    const attempt = this.#attempt
    if (!attempt || attempt.greeted) return
    attempt.greeted = true
    attempt.cancelHelloTimeout()
    const pingMs = Math.min(hello.heartbeatMs, heartbeatMs)
    attempt.heartbeat.start({ pingMs, silenceMs, always: attempt.kind === 'stream' })
    if (attempt.kind === 'stream') this.#lookForSocket()
    this.#options.handlers.greet(hello).then(
      () => {
        if (attempt !== this.#attempt) return
        this.#onlineSince = this.#options.edges.clock.now()
        this.#status.set({ status: 'online' })
      },
      (error: unknown) => {
        if (attempt !== this.#attempt) return
        this.#options.edges.log('warn', 'catching up failed', error)
        this.#ended(attempt, 1006, 'not greeted')
      },
    )
  }

  #lookForSocket(): void {
    const { clock } = this.#options.edges
    const openSocket = () => this.#openSocket()
    this.#socketSearch = lookForSocket({ clock, openSocket }, () => this.restart())
  }

  #ended(attempt: Attempt, code: number, reason: string): void {
    if (attempt === this.#attempt) this.#lost(code, reason)
  }

  #lost(code: number, reason: string): void {
    const { edges } = this.#options
    const now = edges.clock.now()
    if (this.#onlineSince !== undefined && now - this.#onlineSince >= steadyAfterMs) this.#tries = 0
    // Where there is no token, nothing more will be said: no cookie came along,
    // and none will at the next try.
    const nobody = code === closeCode.noSignIn && !this.#options.token
    const after = afterClose(nobody ? closeCode.signedOut : code, reason)
    const waitMs = reconnectMs(after, ++this.#tries, edges.random)
    if (waitMs === undefined) {
      this.#leave(
        after.action === 'sign-in'
          ? { status: 'signed-out' }
          : { status: 'stopped', reason: reason || `the server closed with ${code}` },
      )
    } else {
      this.#leave({ status: 'waiting', retryAt: now + waitMs, attempt: this.#tries })
      this.#cancelWait = edges.clock.after(waitMs, () => this.#open())
    }
  }

  #leave(status: Status, code?: number): void {
    const attempt = this.#attempt
    this.#attempt = undefined
    this.#onlineSince = undefined
    this.#cancelWait?.()
    this.#socketSearch?.stop()
    this.#socketSearch = undefined
    this.#status.set(status)
    if (!attempt) return
    this.#transports.ended(attempt.kind, attempt.opened)
    attempt.cancelHelloTimeout()
    attempt.heartbeat.stop()
    const { socket } = attempt
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close(code)
    this.#options.handlers.down()
    attempt.calls.rejectAll(new ConnectionLost('cut off'))
  }
}
