import type { Message } from '@confab/protocol/message'
import { Refusal } from '@confab/protocol/refusal'
import { isPassing, retryMs } from './back-off.ts'
import type { MessageContent, Sending } from './chat.ts'
import type { OutboxEntry, OutboxStore } from './outbox-store.ts'
import type { Call } from './sync-engine.ts'
import type { Timers } from './timers.ts'

/*
            send                 reply                   in the local copy
  (new) ─────────► sending ─────────────────► stored ─────────────────────► (gone)
                    │  ▲ │                                                    ▲
            refused │  │ └──────────── the event came first ──────────────────┤
                    ▼  │ retry                                                │
                   failed ─────────────────── discard ────────────────────────┘

  A cut connection, a time-out, `rate_limited` and `overloaded` leave it `sending`: it is sent again.
*/

/** Unsent messages that are kept, all conversations together; more are refused. */
export const outboxMax = 1_000

export interface OutboxItem {
  readonly entry: OutboxEntry
  readonly state:
    | { readonly status: 'sending' }
    | { readonly status: 'failed'; readonly refusal: Refusal }
    | { readonly status: 'stored'; readonly message: Message }
}

export type OutboxContent = MessageContent & Pick<OutboxEntry, 'forward' | 'forwardedFrom'>

interface Held {
  item: OutboxItem
  resolve(message: Message): void
  reject(error: Error): void
}

interface Line {
  items: Held[]
  /** Cached for who reads them, until they change. */
  shown: readonly OutboxItem[] | undefined
  busy: boolean
  tries: number
}

export interface OutboxOptions {
  store: OutboxStore
  call: Call
  newId(): string
  /** The server's time. */
  now(): number
  random(): number
  timers: Timers
  changed(conversationId: string): void
  /** What one has read there: tells the server which messages the writer can't have seen. */
  seenSeq(conversationId: string): number | undefined
}

/**
 * Messages on their way. In each conversation they go out one after the other, so that their order
 * holds whatever has to be sent again; the server stores each `clientId` once, however often it comes.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #lines = new Map<string, Line>()
  #size = 0
  #lastNumber = 0
  #userId: string | undefined
  #online = false
  #connection = 0

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  items(conversationId: string): readonly OutboxItem[] {
    const line = this.#lines.get(conversationId)
    if (!line) return none
    line.shown ??= line.items.map(({ item }) => item)
    return line.shown
  }

  send(conversationId: string, content: OutboxContent): Sending {
    const { newId, now, store } = this.#options
    const clientId = newId()
    if (this.#size >= outboxMax) {
      const sent = Promise.reject(new Refusal('overloaded', { detail: 'Too many messages wait to be sent' }))
      sent.catch(ignore)
      return { clientId, sent }
    }
    const entry: OutboxEntry = {
      conversationId,
      clientId,
      ...content,
      createdAt: now(),
      number: ++this.#lastNumber,
    }
    const sent = this.#add(entry)
    if (this.#userId !== undefined) store.put(this.#userId, entry)
    this.#pump(conversationId)
    return { clientId, sent }
  }

  /** Takes up what an earlier run left behind, and keeps from now on for this user. */
  async open(userId: string): Promise<void> {
    if (this.#userId === userId) return
    const { store } = this.#options
    if (this.#userId !== undefined) this.forgetAll()
    const early = [...this.#lines.values()].flatMap(({ items }) => items.map(({ item }) => item.entry))
    const left = await store.load(userId)
    this.#userId = userId
    for (const entry of early) store.put(userId, entry)
    const known = new Set(early.map(({ clientId }) => clientId))
    const earlier = left.filter(({ clientId }) => !known.has(clientId)).sort(byOrder)
    for (const entry of earlier.reverse()) this.#add(entry, 'first').catch(ignore)
    this.#lastNumber = Math.max(this.#lastNumber, ...left.map(({ number }) => number))
  }

  online(): void {
    this.#online = true
    for (const id of [...this.#lines.keys()]) this.#pump(id)
  }

  down(): void {
    this.#online = false
    this.#connection++
    for (const line of this.#lines.values()) line.busy = false
  }

  retry(conversationId: string, clientId: string): void {
    const line = this.#lines.get(conversationId)
    const held = line?.items.find(({ item }) => item.entry.clientId === clientId)
    if (!line || held?.item.state.status !== 'failed') return
    const entry = {
      ...held.item.entry,
      createdAt: this.#options.now(),
      number: ++this.#lastNumber,
    }
    this.#remove(conversationId, clientId)
    this.#add(entry).catch(ignore)
    if (this.#userId !== undefined) this.#options.store.put(this.#userId, entry)
    this.#pump(conversationId)
  }

  discard(conversationId: string, clientId: string): void {
    this.#remove(conversationId, clientId)?.reject(new Error('discarded'))
    this.#pump(conversationId)
  }

  /** A message of one's own has come some other way than by its reply. */
  arrived(message: Message): void {
    this.#remove(message.conversationId, message.clientId)?.resolve(message)
    this.#pump(message.conversationId)
  }

  /** The local copy holds everything up to `cursor`: what is stored below it shows there. */
  reached(conversationId: string, cursor: number): void {
    for (const { entry, state } of this.items(conversationId))
      if (state.status === 'stored' && state.message.seq <= cursor)
        this.#remove(conversationId, entry.clientId)
  }

  /** The copies were dropped: what is stored will come from the server. */
  copiesDropped(): void {
    for (const id of [...this.#lines.keys()]) this.reached(id, Number.POSITIVE_INFINITY)
  }

  /** Forgets everything in memory; what the store keeps stays there. */
  forgetAll(): void {
    for (const [id, line] of [...this.#lines]) {
      this.#lines.delete(id)
      for (const { reject } of line.items) reject(new Error('signed out'))
      this.#options.changed(id)
    }
    this.#size = 0
    this.#userId = undefined
  }

  /** Forgets everything, in the store too. */
  eraseAll(): void {
    for (const [id, line] of [...this.#lines])
      for (const { item } of [...line.items]) this.discard(id, item.entry.clientId)
  }

  #add(entry: OutboxEntry, place: 'first' | 'last' = 'last'): Promise<Message> {
    const line = this.#lines.get(entry.conversationId) ?? {
      items: [],
      shown: undefined,
      busy: false,
      tries: 0,
    }
    this.#lines.set(entry.conversationId, line)
    const sent = new Promise<Message>((resolve, reject) => {
      const held: Held = { item: { entry, state: { status: 'sending' } }, resolve, reject }
      if (place === 'first') line.items.unshift(held)
      else line.items.push(held)
    })
    // Who doesn't wait for the answer sees it in the timeline.
    sent.catch(ignore)
    this.#size++
    this.#touched(entry.conversationId, line)
    return sent
  }

  #remove(conversationId: string, clientId: string): Held | undefined {
    const line = this.#lines.get(conversationId)
    const index = line?.items.findIndex(({ item }) => item.entry.clientId === clientId) ?? -1
    const held = line?.items[index]
    if (!line || !held) return undefined
    line.items.splice(index, 1)
    if (line.items.length === 0 && !line.busy) this.#lines.delete(conversationId)
    this.#size--
    if (this.#userId !== undefined) this.#options.store.remove(this.#userId, clientId)
    this.#touched(conversationId, line)
    return held
  }

  #touched(conversationId: string, line: Line): void {
    line.shown = undefined
    this.#options.changed(conversationId)
  }

  #pump(conversationId: string): void {
    const line = this.#lines.get(conversationId)
    if (!line || line.busy || !this.#online) return
    const held = line.items.find(({ item }) => item.state.status === 'sending')
    if (!held) {
      if (line.items.length === 0) this.#lines.delete(conversationId)
      return
    }
    line.busy = true
    const connection = this.#connection
    void this.#sendOnce(line, held).then((waitMs) => {
      if (connection !== this.#connection) return
      const next = () => {
        line.busy = false
        this.#pump(conversationId)
      }
      if (waitMs === undefined) next()
      else this.#options.timers.after(waitMs, next)
    })
  }

  /** Resolves with how long to wait before the next try, if there must be one. */
  async #sendOnce(line: Line, held: Held): Promise<number | undefined> {
    const { call, seenSeq, random } = this.#options
    const { conversationId, clientId, text, replyToSeq, priority, forward } = held.item.entry
    const seen = seenSeq(conversationId)
    try {
      const { message } = await call('message.send', {
        conversationId,
        clientId,
        ...(forward ? { forward } : { text }),
        ...(replyToSeq !== undefined && { replyToSeq }),
        ...(priority && { priority }),
        ...(seen !== undefined && { seenSeq: seen }),
      })
      line.tries = 0
      held.resolve(message)
      this.#become(line, held, { status: 'stored', message })
      return undefined
    } catch (error) {
      if (error instanceof Refusal && !isPassing(error)) {
        line.tries = 0
        held.reject(error)
        this.#become(line, held, { status: 'failed', refusal: error })
        return undefined
      }
      return retryMs(error instanceof Refusal ? error.retryAfterMs : undefined, ++line.tries, random)
    }
  }

  #become(line: Line, held: Held, state: OutboxItem['state']): void {
    if (!line.items.includes(held)) return
    held.item = { entry: held.item.entry, state }
    // Refused for good it is kept for a reload too, unless there is nowhere left to show it.
    const done =
      state.status === 'stored' || (state.status === 'failed' && state.refusal.code === 'not_found')
    if (done && this.#userId !== undefined) this.#options.store.remove(this.#userId, held.item.entry.clientId)
    this.#touched(held.item.entry.conversationId, line)
  }
}

const none: readonly OutboxItem[] = []
const ignore = () => undefined

const byOrder = (a: OutboxEntry, b: OutboxEntry) => a.createdAt - b.createdAt || a.number - b.number
