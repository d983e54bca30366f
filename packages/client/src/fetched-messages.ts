import { fold, targetOf } from '@confab/protocol/fold'
import type { UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import { Refusal } from '@confab/protocol/refusal'
import { isPassing, retryMs } from './back-off.ts'
import { cursorOf, foldingsSince, indexOf, type LocalConversation } from './local-conversation.ts'
import type { Call } from './sync-engine.ts'
import type { Timers } from './timers.ts'

/** Single messages kept of one conversation: beyond these the one fetched first makes room. */
export const fetchedMax = 500
/** Messages fetched at once: a screen full of quotes must not crowd out what one sends. */
export const fetchesAtOnce = 4

/** A message, or that there is none, as of the log's `head`. */
interface Fetched {
  readonly message: Message | undefined
  readonly head: number
}

interface FetchedOptions {
  call: Call
  timers: Timers
  random: () => number
  copy(conversationId: string): LocalConversation | undefined
  viewer(): UserId | undefined
  changed(conversationId: string): void
}

/** Single messages from before what a copy holds: what replies quote. Kept current by the copy's events. */
export class FetchedMessages {
  readonly #options: FetchedOptions
  readonly #fetched = new Map<string, Map<number, Fetched>>()
  /** Waiting or under way. */
  readonly #wanted = new Map<string, { id: string; seq: number }>()
  #running = 0
  #online = false
  #connection = 0

  constructor(options: FetchedOptions) {
    this.#options = options
  }

  /** As it is now. One that isn't known is fetched, and `changed` told when it has come. */
  message(id: string, seq: number): Message | undefined {
    const local = this.#options.copy(id)
    const viewer = this.#options.viewer()
    if (!local || viewer === undefined) return undefined
    const held = local.messages[indexOf(local.messages, seq)]
    const first = local.messages[0]
    // What is held is unbroken: what is not there, and not before it, is no message.
    if (held || seq > cursorOf(local) || !local.hasEarlier || (first && seq > first.seq)) return held
    const fetched = this.#fetched.get(id)?.get(seq)
    const since = fetched && foldingsSince(local, fetched.head)
    if (!since) {
      this.#want(id, seq)
      return fetched?.message
    }
    let { message } = fetched
    for (const { event } of since)
      if (message && targetOf(event) === seq) message = fold(local, event, viewer, message).message
    this.#keep(id, seq, { message, head: Math.max(fetched.head, cursorOf(local)) })
    return message
  }

  online(): void {
    this.#online = true
  }

  down(): void {
    this.#online = false
    this.#connection++
    this.#running = 0
    this.#wanted.clear()
  }

  /** The copy is gone, and with it what may be known of the conversation. */
  drop(id: string): void {
    this.#fetched.delete(id)
  }

  #keep(id: string, seq: number, fetched: Fetched): void {
    const kept = this.#fetched.get(id) ?? new Map<number, Fetched>()
    this.#fetched.set(id, kept.set(seq, fetched))
    for (const oldest of kept.keys()) {
      if (kept.size <= fetchedMax) break
      kept.delete(oldest)
    }
  }

  #want(id: string, seq: number): void {
    const key = `${id} ${seq}`
    if (!this.#online || this.#wanted.has(key)) return
    this.#wanted.set(key, { id, seq })
    this.#next()
  }

  #next(): void {
    const connection = this.#connection
    const waiting = [...this.#wanted].slice(this.#running, fetchesAtOnce)
    for (const [key, { id, seq }] of waiting) {
      this.#running++
      void this.#fetch(id, seq).then((waitMs) => {
        if (connection !== this.#connection) return
        const done = () => {
          this.#running--
          this.#wanted.delete(key)
          this.#next()
          this.#options.changed(id)
        }
        if (waitMs === undefined) done()
        else this.#options.timers.after(waitMs, done)
      })
    }
  }

  /** Resolves with how long to wait until it may be asked for again, if it could not be had. */
  async #fetch(id: string, seq: number): Promise<number | undefined> {
    const { call, copy, random } = this.#options
    const local = copy(id)
    if (!local) return undefined
    const connection = this.#connection
    try {
      const asked = { conversationId: id, around: seq, limit: 1, minHead: cursorOf(local) }
      const { messages, head } = await call('history', asked)
      // Removed meanwhile, one may know nothing of it any more.
      if (connection === this.#connection && copy(id))
        this.#keep(id, seq, { message: messages.find((one) => one.seq === seq), head })
      return undefined
    } catch (error) {
      if (error instanceof Refusal && !isPassing(error)) {
        this.#keep(id, seq, { message: undefined, head: cursorOf(local) })
        return undefined
      }
      return retryMs(error instanceof Refusal ? error.retryAfterMs : undefined, 3, random)
    }
  }
}
