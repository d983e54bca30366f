import { closeCode } from '@confab/protocol/close-codes'
import type { ConnectionId, UserId } from '@confab/protocol/ids'
import type { Watcher } from '../../domain/presence/watching.ts'
import { createInOrder, type InOrder } from '../../lib/in-order.ts'
import type { Session } from '../../ports/identity.ts'

/** What the upgrade hands to the socket: who signed in with it, or why it is to be closed at once. */
export type Admission =
  | { admitted: 'signed-in'; session: Session }
  | { admitted: 'anonymous' }
  | { admitted: 'refused'; code: number; reason: string }

/** With less than this unsent, the largest reply and a burst of events fit below the limit of the buffer. */
const roomyBytesMax = 256 * 1024

/**
 * Of what is said before it is known by whom, so many characters wait,
 * each frame counting as a thousand at least.
 */
const earlyCharsMax = 256 * 1024

/** Shared by all who have never waited, so that an idle connection keeps no promise of its own. */
const noTurns = Promise.resolve()

/**
 * One client's connection: a socket, or a stream with calls beside it.
 *
 *   anonymous ── auth ──▶ signed in ── first sync ──▶ synced ──▶ closed
 *       └── not in time: 4408            (pushes flow)
 */
export abstract class Connection {
  readonly id: ConnectionId
  /** As `Clock.elapsed` counts. */
  readonly openedAt: number
  session: Session | undefined
  /** From where it was opened, as far as trusted proxies tell. */
  address: string | undefined
  /** From the first `sync` on, pushes flow. */
  synced = false
  closed = false
  /** Told to go elsewhere: nothing new is begun on it. */
  leaving = false
  /** Its client said so: it opens the next connection first. */
  movesOnNotice = false
  /** Calls being answered, and calls taken of those that a connection may make at once. */
  callsUnderWay = 0
  callsTaken = 0
  /**
   * When its client was last heard, as `Clock.elapsed` counts. The runtime's own timeout doesn't tell: to it,
   * what the server sends is life too, so that a dead peer would stay for as
   * long as anything is pushed or pinged.
   */
  heardAt: number
  /** Until it is known who this is. */
  #entering: Promise<void> | undefined
  #earlyChars = 0
  /** Large replies that wait for those before them. */
  turnsWaiting = 0
  #sends: InOrder | undefined
  /** How many sweeps in a row have found it behind. */
  sweepsBehind = 0
  /** In which second of a heartbeat it is pinged. */
  pingSlot: number | undefined
  /** Resolves when every large reply that was asked for before has been sent. */
  #turns = noTurns
  #whenRoom: (() => void) | undefined

  constructor(id: ConnectionId, openedAt: number) {
    this.id = id
    this.openedAt = openedAt
    this.heardAt = openedAt
  }

  get userId(): UserId | undefined {
    return this.session?.userId
  }

  /** What its messages wait for before they are stored (limits, a forward's source) ends in their order. */
  get sendsInOrder(): InOrder {
    this.#sends ??= createInOrder()
    return this.#sends
  }

  /** Sends frames in one write. */
  abstract send(...frames: string[]): void
  abstract ping(): void
  abstract close(code: number, reason: string): void
  abstract subscribe(topic: string): void
  abstract unsubscribe(topic: string): void
  abstract isSubscribed(topic: string): boolean
  /** Bytes written that the peer has not taken yet. */
  abstract get bufferedBytes(): number

  /** A sign-in is under way: what is said meanwhile waits for its end, so that it is heard as who said it. */
  enterBy(entering: Promise<unknown>): void {
    const ended = (): void => {
      if (this.#entering !== mine) return
      this.#entering = undefined
      this.#earlyChars = 0
    }
    const mine = entering.then(ended, ended)
    this.#entering = mine
  }

  /**
   * Hears what was said, at once or once it is known by whom, in its order; or closes where too much waits.
   */
  hearInTurn(frame: string | Buffer, hear: () => void): void {
    if (!this.#entering) {
      hear()
      return
    }
    this.#earlyChars += 1_024 + frame.length
    // What was said before it may begin another sign-in.
    if (this.#earlyChars <= earlyCharsMax) void this.#entering.then(() => this.hearInTurn(frame, hear))
    else this.close(closeCode.tooManyCalls, 'too much before the sign-in is done')
  }

  /** Sends pushes: none before the first `sync`. */
  push(...frames: string[]): void {
    if (this.synced) this.send(...frames)
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
    this.turnsWaiting++
    await before
    if (this.repliesWait) {
      await new Promise<void>((room) => {
        this.#whenRoom = room
      })
    }
    return () => {
      this.turnsWaiting--
      resolve()
    }
  }

  /** Whether a large reply would come on top of too much that the peer has not taken yet. */
  protected get repliesWait(): boolean {
    return this.bufferedBytes > roomyBytesMax
  }

  /** The peer has taken some of what was buffered. */
  drained(): void {
    if (this.closed || this.repliesWait) return
    this.#whenRoom?.()
    this.#whenRoom = undefined
  }
}

/** A connection that somebody has signed in on. */
export type SignedIn = Connection & Watcher & { session: Session }

export const isSignedIn = (connection: Connection): connection is SignedIn => connection.session !== undefined
