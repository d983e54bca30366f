import type { CallInput, CallResults, Method } from '@confab/protocol/calls'
import { type AfterClose, afterClose, closeCode } from '@confab/protocol/close-codes'
import { heartbeatMs, silenceMs } from '@confab/protocol/limits'
import type { Hello } from '@confab/protocol/pushes'
import { Attempt, openSocket } from './attempt.ts'
import { reconnectMs } from './back-off.ts'
import { ConnectionLost } from './connection-lost.ts'
import { HeldCalls } from './held-calls.ts'
import type { Edges } from './options.ts'
import type { Status } from './status.ts'
import { lookForSocket, type SocketSearch, Transports } from './transports.ts'
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

  A node that drains says so before it closes. Then a successor is opened beside the present connection, which
  serves until the successor has come to its hello and every call is answered (what is asked from that hello on
  waits for the hand-over); then that one is left and this one greeted, `online` all the while. Where the present
  one is lost before, the successor takes its place as it is.
*/

/**
 * Only a connection that held this long starts the count of attempts anew: less than lies between two nodes of
 * a rolling restart.
 */
export const steadyAfterMs = 2_000

export interface ConnectionHandlers {
  /** Catches up; the connection counts as online when it resolves, and is tried again when it rejects. */
  greet(hello: Hello): Promise<void>
  /** Everything pushed after the hello. */
  push(method: string, params: unknown): void
  /**
   * The connection is gone; what was known of it (watches, typing) is void. `handedOver`: the next one is
   * there already, so that what others do may be shown until it tells.
   */
  down(handedOver: boolean): void
}

/** A connection that is to take the place of the present one, and its hello once that has come. */
interface Successor {
  attempt: Attempt
  hello?: unknown
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
  #successor: Successor | undefined
  /** What is asked from the successor's hello on, until there is one connection again. */
  readonly #held = new HeldCalls()
  /** Was told to move before it was greeted, and does so then. */
  #movesOnceGreeted: Attempt | undefined
  /** Tries in a row that did not lead to a steady connection. */
  #tries = 0
  #onlineSince: number | undefined
  /** For the next attempt, or the next look at whether the successor can take over. */
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
    // Otherwise a busy client would never come to the moment in which nothing is under way.
    if (this.#successor?.hello !== undefined) return this.#held.hold(method, params)
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

  /** The node is about to go: goes to another one, and is served here until it is there. */
  move(): void {
    if (this.#successor || this.#cancelWait) return
    // The server tells from the moment on in which the sync has come to it, and tells it once.
    if (this.#onlineSince === undefined) this.#movesOnceGreeted = this.#attempt
    if (this.#onlineSince === undefined) return
    this.#forgetTries()
    this.#planSuccessor()
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
    this.#stopWaiting()
    this.#status.set({ status: 'connecting' })
    const kind = this.#transports.next
    this.#attempt = this.#begin()
    if (this.#attempt) return
    this.#transports.ended(kind, false)
    this.#lost(1006, '')
  }

  #begin(): Attempt | undefined {
    try {
      return new Attempt(this.#transports.next, this.#options, {
        push: (attempt, method, params) => this.#pushed(attempt, method, params),
        answered: () => this.#answered(),
        unreadable: (why, frame) => this.unreadable(why, frame),
        ended: (attempt, code, reason) => this.#ended(attempt, code, reason),
      })
    } catch (error) {
      this.#options.edges.log('warn', 'the socket could not be opened', error)
      return undefined
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
    attempt.greet()
    const pingMs = Math.min(hello.heartbeatMs, heartbeatMs)
    attempt.heartbeat.start({ pingMs, silenceMs, always: attempt.kind === 'stream' })
    if (attempt.kind === 'stream') this.#lookForSocket()
    this.#options.handlers.greet(hello).then(
      () => {
        if (attempt !== this.#attempt) return
        this.#onlineSince = this.#options.edges.clock.now()
        if (this.#status.get().status !== 'online') this.#status.set({ status: 'online' })
        if (attempt === this.#movesOnceGreeted) this.move()
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
    const open = () => openSocket(this.#options)
    this.#socketSearch = lookForSocket({ clock, openSocket: open }, () => this.restart())
  }

  #planSuccessor(): void {
    this.#wait(this.#nextWaitMs(afterClose(closeCode.draining, '')) ?? 0, () => {
      const attempt = this.#begin()
      if (attempt) this.#successor = { attempt }
    })
  }

  /** Before it has synced, a successor is pushed nothing but its hello and what the present one is told too. */
  #pushed(attempt: Attempt, method: string, params: unknown): void {
    if (attempt === this.#attempt) this.#options.handlers.push(method, params)
    else if (attempt === this.#successor?.attempt && method === 'hello') {
      this.#successor = { attempt, hello: params }
      this.#handOver()
    }
  }

  /** Whoever asked takes the answer up before the connection is let go. */
  #answered(): void {
    if (this.#successor?.hello !== undefined) this.#wait(0, () => this.#handOver())
  }

  #handOver(): void {
    const before = this.#attempt
    const successor = this.#successor
    if (!before || successor?.hello === undefined || before.calls.count > 0) return
    this.#successor = undefined
    this.#onlineSince = undefined
    this.#stopWaiting()
    const followOn = this.#held.moveOn()
    this.#letGo(before, { handedOver: true })
    this.#takeOver(successor)
    followOn(successor.attempt.calls)
  }

  #takeOver({ attempt, hello }: Successor): void {
    this.#attempt = attempt
    if (hello !== undefined) this.#options.handlers.push('hello', hello)
  }

  #ended(attempt: Attempt, code: number, reason: string): void {
    if (attempt === this.#attempt) this.#lost(code, reason)
    else if (attempt === this.#successor?.attempt) {
      this.#dropSuccessor()
      if (this.#attempt) this.#held.sendOn(this.#attempt.calls)
      this.#planSuccessor()
    }
  }

  #lost(code: number, reason: string): void {
    this.#forgetTries()
    // Where there is no token, nothing more will be said: no cookie came along,
    // and none will at the next try.
    const nobody = code === closeCode.noSignIn && !this.#options.token
    const after = afterClose(nobody ? closeCode.signedOut : code, reason)
    const successor = this.#successor
    if (successor && (after.action === 'reconnect' || after.action === 'back-off')) {
      this.#successor = undefined
      this.#leave({ status: 'connecting' })
      this.#takeOver(successor)
      return
    }
    const waitMs = this.#nextWaitMs(after)
    if (waitMs === undefined) {
      this.#leave(
        after.action === 'sign-in'
          ? { status: 'signed-out' }
          : { status: 'stopped', reason: reason || `the server closed with ${code}` },
      )
    } else {
      const retryAt = this.#options.edges.clock.now() + waitMs
      this.#leave({ status: 'waiting', retryAt, attempt: this.#tries })
      this.#wait(waitMs, () => this.#open())
    }
  }

  #forgetTries(): void {
    const since = this.#onlineSince
    if (since !== undefined && this.#options.edges.clock.now() - since >= steadyAfterMs) this.#tries = 0
  }

  #nextWaitMs(after: AfterClose): number | undefined {
    return reconnectMs(after, ++this.#tries, this.#options.edges.random)
  }

  /** One wait at a time. */
  #wait(ms: number, run: () => void): void {
    this.#stopWaiting()
    this.#cancelWait = this.#options.edges.clock.after(ms, () => {
      this.#cancelWait = undefined
      run()
    })
  }

  #stopWaiting(): void {
    this.#cancelWait?.()
    this.#cancelWait = undefined
  }

  #leave(status: Status, code?: number): void {
    const attempt = this.#attempt
    this.#attempt = undefined
    this.#onlineSince = undefined
    this.#stopWaiting()
    this.#dropSuccessor()
    this.#held.rejectAll()
    this.#status.set(status)
    if (attempt) this.#letGo(attempt, { code, handedOver: false })
  }

  /** Of the connection that served, or was to. */
  #letGo(attempt: Attempt, { code, handedOver }: { code?: number | undefined; handedOver: boolean }): void {
    this.#socketSearch?.stop()
    this.#socketSearch = undefined
    this.#transports.ended(attempt.kind, attempt.opened)
    attempt.drop(code)
    this.#options.handlers.down(handedOver)
  }

  /** That it came to nothing says nothing of what is blocked: the present one is open. */
  #dropSuccessor(): void {
    this.#successor?.attempt.drop()
    this.#successor = undefined
  }
}
