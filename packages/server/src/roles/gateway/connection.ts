import type { ConnectionId, UserId } from '@confab/protocol/ids'
import type { ServerWebSocket } from 'bun'
import type { Watcher } from '../../domain/presence/presence-watch.ts'
import type { Session } from '../../ports/identity.ts'

/** What the upgrade hands to the socket: who signed in with it, or why it is to be closed at once. */
export type Admission =
  | { admitted: 'signed-in'; session: Session }
  | { admitted: 'anonymous' }
  | { admitted: 'refused'; code: number; reason: string }

export interface SocketData {
  admission: Admission
  connection: Connection | undefined
}

export type Socket = ServerWebSocket<SocketData>

/** With less than this unsent, the largest reply and a burst of events fit below the limit of the buffer. */
const roomyBytesMax = 256 * 1024

/**
 * One open socket.
 *
 *   anonymous ── auth ──▶ signed in ── first sync ──▶ synced ──▶ closed
 *       └── not in time: 4408            (pushes flow)
 */
export class Connection {
  readonly id: ConnectionId
  readonly openedAt: number
  session: Session | undefined
  /** From the first `sync` on, pushes flow. */
  synced = false
  closed = false
  /** Calls being answered, and calls taken since the last sweep. */
  callsUnderWay = 0
  callsTaken = 0
  /** How many sweeps in a row have found it behind. */
  sweepsBehind = 0
  /** In which second of a heartbeat it is pinged. */
  pingSlot: number | undefined
  readonly #socket: Socket
  /** Resolves when every large reply that was asked for before has been sent. */
  #turns = Promise.resolve()
  #whenRoom: (() => void) | undefined

  constructor(socket: Socket, id: ConnectionId, openedAt: number) {
    this.#socket = socket
    this.id = id
    this.openedAt = openedAt
  }

  get userId(): UserId | undefined {
    return this.session?.userId
  }

  /** Sends a frame, together with the events that are on their way to this socket: one write, not two. */
  send(frame: string): void {
    if (this.closed) return
    this.#socket.cork(() => this.#socket.send(frame))
  }

  /** Sends a push: none before the first `sync`. */
  push(frame: string): void {
    if (this.synced) this.send(frame)
  }

  /**
   * Waits until a large reply may be sent, and answers how to end the turn: large replies go out one after
   * the other, each when the peer has taken most of what came before it. So however many are asked for at
   * once, who reads is not taken for somebody who doesn't. When the socket closes, nobody's turn comes.
   */
  async turn(): Promise<() => void> {
    const before = this.#turns
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#turns = promise
    await before
    if (this.bufferedBytes > roomyBytesMax) {
      await new Promise<void>((room) => {
        this.#whenRoom = room
      })
    }
    return resolve
  }

  /** The peer has taken some of what was buffered. */
  drained(): void {
    if (this.closed || this.bufferedBytes > roomyBytesMax) return
    this.#whenRoom?.()
    this.#whenRoom = undefined
  }

  ping(): void {
    if (!this.closed) this.#socket.ping()
  }

  close(code: number, reason: string): void {
    if (!this.closed) this.#socket.close(code, reason)
  }

  subscribe(topic: string): void {
    if (!this.closed) this.#socket.subscribe(topic)
  }

  unsubscribe(topic: string): void {
    if (!this.closed) this.#socket.unsubscribe(topic)
  }

  isSubscribed(topic: string): boolean {
    return !this.closed && this.#socket.isSubscribed(topic)
  }

  /** Bytes written that the peer has not taken yet. */
  get bufferedBytes(): number {
    return this.closed ? 0 : this.#socket.getBufferedAmount()
  }
}

/** A connection that somebody has signed in on. */
export type SignedIn = Connection & Watcher & { session: Session }

export const isSignedIn = (connection: Connection): connection is SignedIn => connection.session !== undefined
