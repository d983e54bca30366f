import { Refusal } from '@confab/protocol/refusal'
import { isPassing, retryMs } from './back-off.ts'
import type { Clock } from './clock.ts'
import type { LocalConversation } from './local-conversation.ts'
import type { Call } from './sync-engine.ts'
import type { Timers } from './timers.ts'

/** What comes together is told together; and each conversation's cursor once in that long at most. */
export const gatherDeliveredMs = 100
export const tellDeliveredEveryMs = 1_000
/** After a long absence many conversations have something new: their cursors go out a few at a time. */
export const tellingAtOnce = 4

interface DeliveredOptions {
  call: Call
  clock: Clock
  timers: Timers
  random: () => number
  copy(conversationId: string): LocalConversation | undefined
  viewer(): string | undefined
  /** Nobody is to know that one is here. */
  hidden(): boolean
}

/** Tells the server which messages this device has, where the others can see it. */
export class DeliveredCursors {
  readonly #options: DeliveredOptions
  /** What the server knows or has refused, of this connection's tellings and earlier ones. */
  readonly #told = new Map<string, { seq: number; at: number }>()
  /** Waiting or under way. */
  readonly #telling = new Set<string>()
  readonly #queue: string[] = []
  #running = 0
  #membersMax = 0
  #online = false
  #connection = 0

  constructor(options: DeliveredOptions) {
    this.#options = options
  }

  online(membersMax: number, ids: Iterable<string>): void {
    this.#online = true
    this.#membersMax = membersMax
    for (const id of ids) this.check(id)
  }

  down(): void {
    this.#online = false
    this.#connection++
    this.#running = 0
    this.#telling.clear()
    this.#queue.length = 0
  }

  /** Every copy was dropped: their cursors are of another log. */
  clear(): void {
    this.#told.clear()
  }

  /** To be called when a copy has changed. */
  check(id: string): void {
    if (!this.#online || this.#telling.has(id) || this.#owed(id) === undefined) return
    this.#telling.add(id)
    const { clock, timers } = this.#options
    const pauseMs = (this.#told.get(id)?.at ?? 0) + tellDeliveredEveryMs - clock.now()
    // No longer than the pause itself, though the clock was set back since.
    timers.after(Math.max(gatherDeliveredMs, Math.min(tellDeliveredEveryMs, pauseMs)), () => {
      this.#queue.push(id)
      this.#next()
    })
  }

  /** The latest message, where the server isn't known to know that it has come. */
  #owed(id: string): number | undefined {
    const { copy, viewer, hidden } = this.#options
    const conversation = copy(id)?.conversation
    if (!conversation?.me || !conversation.lastMessage || hidden()) return undefined
    const { lastMessage, me, memberCount, members } = conversation
    if (memberCount > this.#membersMax) return undefined
    const mine = members.find(({ user }) => user.id === viewer())
    const known = Math.max(me.readSeq, mine?.deliveredSeq ?? 0, this.#told.get(id)?.seq ?? 0)
    return lastMessage.seq > known ? lastMessage.seq : undefined
  }

  #next(): void {
    const connection = this.#connection
    while (this.#running < tellingAtOnce) {
      const id = this.#queue.shift()
      if (id === undefined) return
      this.#running++
      void this.#tell(id).then((waitMs) => {
        if (connection !== this.#connection) return
        this.#running--
        const done = () => {
          this.#telling.delete(id)
          this.check(id)
        }
        if (waitMs === undefined) done()
        else this.#options.timers.after(waitMs, done)
        this.#next()
      })
    }
  }

  /** Resolves with how long to wait before the next try, if there must be one. */
  async #tell(id: string): Promise<number | undefined> {
    const { call, clock, random } = this.#options
    const connection = this.#connection
    const seq = this.#owed(id)
    if (seq === undefined) return undefined
    try {
      await call('delivered', { conversationId: id, seq })
    } catch (error) {
      if (!(error instanceof Refusal) || isPassing(error))
        return retryMs(error instanceof Refusal ? error.retryAfterMs : undefined, 3, random)
    }
    if (connection === this.#connection) this.#told.set(id, { seq, at: clock.now() })
    return undefined
  }
}
