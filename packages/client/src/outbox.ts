import type { Message } from '@confab/protocol/message'
import { Refusal } from '@confab/protocol/refusal'
import { isPassing, retryMs } from './back-off.ts'
import type { MessageContent, Sending } from './chat.ts'
import type { Clock } from './clock.ts'
import type { Log } from './options.ts'
import { type OutboxNews, OutboxShare } from './outbox-share.ts'
import { byOrder, type OutboxEntry, type OutboxStore } from './outbox-store.ts'
import type { Call } from './sync-engine.ts'
import type { Tabs } from './tabs.ts'
import type { Timers } from './timers.ts'

/*
            send                 reply                   in the local copy
  (new) ─────────► sending ─────────────────► stored ─────────────────────► (gone)
                    │  ▲ │                                                    ▲
            refused │  │ └──────────── the event came first ──────────────────┤
                    ▼  │ retry                                                │
                   failed ─────────────────── discard ────────────────────────┘

  A cut connection, a time-out, `rate_limited` and `overloaded` leave it `sending`: it is sent again.
  Of the tabs of a user one sends for all; the others show the same, by what it tells and by the events.
*/

/** Unsent messages that are kept, all conversations together; more are refused. */
export const outboxMax = 1_000
/** Identities remembered as settled, of which a late word of another tab may still say that they wait. */
export const settledMax = 1_000
/** A message that waits this long in a tab that is online, with no word of the tab that sends, is sent by this one. */
export const relieveAfterMs = 10_000

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
  /** Handed over in this tab, or found by it: not only heard of. */
  readonly own: boolean
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
  tabs: Tabs
  origin: string
  call: Call
  clock: Clock
  log: Log
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
  readonly #share: OutboxShare
  readonly #lines = new Map<string, Line>()
  readonly #settled = new Set<string>()
  #size = 0
  #lastNumber = 0
  #online = false
  #leads = false
  #heardAt = 0
  #connection = 0

  constructor(options: OutboxOptions) {
    this.#options = options
    const heard = (news: OutboxNews) => this.#heard(news)
    this.#share = new OutboxShare({ ...options, heard, leads: (leads) => void this.#lead(leads) })
  }

  items(conversationId: string): readonly OutboxItem[] {
    const line = this.#lines.get(conversationId)
    if (!line) return none
    line.shown ??= line.items.map(({ item }) => item)
    return line.shown
  }

  send(conversationId: string, content: OutboxContent): Sending {
    const { newId, now } = this.#options
    const clientId = newId()
    if (this.#size >= outboxMax) {
      const sent = Promise.reject(new Refusal('overloaded', { detail: 'Too many messages wait to be sent' }))
      sent.catch(ignore)
      return { clientId, sent }
    }
    const entry = { conversationId, clientId, ...content, createdAt: now(), number: ++this.#lastNumber }
    const sent = this.#add(entry, true)
    this.#share.added(entry)
    this.#pump(conversationId)
    this.#relieve(clientId)
    return { clientId, sent }
  }

  /** Takes up what an earlier run left behind, and keeps from now on for this user. */
  async open(userId: string): Promise<void> {
    if (this.#share.userId === userId) return
    if (this.#share.userId !== undefined) this.forgetAll()
    const left = await this.#share.load(userId)
    if (this.#share.userId === userId) return
    const early = [...this.#lines.values()].flatMap(({ items }) => items)
    this.#share.open(userId)
    const before = Math.max(0, ...left.map(({ number }) => number))
    this.#lastNumber += before
    for (const held of early) {
      // What was left comes first, after another reload too.
      const entry = { ...held.item.entry, number: held.item.entry.number + before }
      held.item = { ...held.item, entry }
      this.#share.added(entry)
    }
    const known = new Set(early.map(({ item }) => item.entry.clientId))
    for (const entry of left) if (!known.has(entry.clientId)) this.#add(entry, true).catch(ignore)
  }

  online(): void {
    this.#online = true
    for (const id of [...this.#lines.keys()]) this.#pump(id)
    const waits = [...this.#lines.values()].flatMap(({ items }) => items).find(isWaiting)
    if (waits) this.#relieve(waits.item.entry.clientId)
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
    const entry = { ...held.item.entry, createdAt: this.#options.now(), number: ++this.#lastNumber }
    this.#take(conversationId, clientId)
    this.#add(entry, true).catch(ignore)
    this.#share.added(entry)
    this.#pump(conversationId)
    this.#relieve(clientId)
  }

  discard(conversationId: string, clientId: string): void {
    if (!this.#remove(conversationId, clientId, 'discarded')) return
    this.#share.tell({ kind: 'discarded', conversationId, clientId })
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
    this.close()
  }

  /** Another tab sends from now on; what is kept stays there. */
  close(): void {
    this.#leads = false
    this.#share.close()
  }

  /** Forgets everything, in the store too. */
  eraseAll(): void {
    for (const [id, line] of [...this.#lines])
      for (const { item } of [...line.items]) this.discard(id, item.entry.clientId)
  }

  #add(entry: OutboxEntry, own: boolean): Promise<Message> {
    const { conversationId, number } = entry
    const line = this.#lines.get(conversationId) ?? { items: [], shown: undefined, busy: false, tries: 0 }
    this.#lines.set(conversationId, line)
    this.#lastNumber = Math.max(this.#lastNumber, number)
    const sent = new Promise<Message>((resolve, reject) => {
      const held: Held = { item: { entry, state: { status: 'sending' } }, own, resolve, reject }
      const after = line.items.findLastIndex(({ item }) => byOrder(item.entry, entry) < 0)
      line.items.splice(after + 1, 0, held)
    })
    // Who doesn't wait for the answer sees it in the timeline.
    sent.catch(ignore)
    this.#size++
    this.#touched(conversationId, line)
    return sent
  }

  /** Settled: it is forgotten here and on disk. */
  #remove(conversationId: string, clientId: string, why?: 'discarded'): Held | undefined {
    const held = this.#take(conversationId, clientId)
    if (!held) return undefined
    if (why) held.reject(new Error(why))
    this.#settle(clientId)
    return held
  }

  #take(conversationId: string, clientId: string): Held | undefined {
    const line = this.#lines.get(conversationId)
    const index = line?.items.findIndex(({ item }) => item.entry.clientId === clientId) ?? -1
    const held = line?.items[index]
    if (!line || !held) return undefined
    line.items.splice(index, 1)
    if (line.items.length === 0 && !line.busy) this.#lines.delete(conversationId)
    this.#size--
    this.#touched(conversationId, line)
    return held
  }

  #settle(clientId: string): void {
    this.#share.forget(clientId)
    this.#settled.add(clientId)
    const [oldest] = this.#settled
    if (oldest !== undefined && this.#settled.size > settledMax) this.#settled.delete(oldest)
  }

  /** What another tab of the user has done. */
  #heard(news: OutboxNews): void {
    this.#heardAt = this.#options.clock.now()
    if (news.kind === 'added') {
      const { conversationId, clientId, number } = news.entry
      if (this.#settled.has(clientId) || this.#size >= outboxMax) return
      const known = this.#find(conversationId, clientId)
      // Tried again there, it goes to the end here too.
      if (known && known.item.entry.number >= number) return
      this.#take(conversationId, clientId)
      this.#add(news.entry, false).catch(ignore)
      this.#pump(conversationId)
      return
    }
    const { conversationId, clientId } = news
    const line = this.#lines.get(conversationId)
    const held = this.#find(conversationId, clientId)
    if (news.kind === 'discarded') this.#remove(conversationId, clientId, 'discarded')
    else if (line && held && news.kind === 'stored') this.#stored(line, held, news.message)
    else if (line && held && news.kind === 'failed') this.#failed(line, held, news.refusal)
    this.#pump(conversationId)
  }

  #find(conversationId: string, clientId: string): Held | undefined {
    return this.#lines.get(conversationId)?.items.find(({ item }) => item.entry.clientId === clientId)
  }

  /** Who leads from now on may not have heard of all that waits, nor of all that is settled. */
  async #lead(leads: boolean): Promise<void> {
    this.#leads = leads
    const { userId } = this.#share
    if (!leads || userId === undefined) return
    const left = await this.#share.load(userId)
    if (this.#share.userId !== userId) return
    const waiting = new Set(left.map(({ clientId }) => clientId))
    for (const { items } of [...this.#lines.values()])
      for (const { item, own } of [...items])
        if (!own && item.state.status === 'sending' && !waiting.has(item.entry.clientId))
          this.#take(item.entry.conversationId, item.entry.clientId)
    for (const entry of left)
      if (!this.#settled.has(entry.clientId) && !this.#find(entry.conversationId, entry.clientId))
        this.#add(entry, false).catch(ignore)
    for (const id of [...this.#lines.keys()]) this.#pump(id)
  }

  #relieve(clientId: string): void {
    if (this.#leads || !this.#online) return
    const since = this.#options.clock.now()
    this.#options.timers.after(relieveAfterMs, () => {
      const all = [...this.#lines.values()].flatMap(({ items }) => items)
      const waits = all.some((held) => isWaiting(held) && held.item.entry.clientId === clientId)
      if (waits && !this.#leads && this.#heardAt <= since) this.#share.takeLead()
    })
  }

  #touched(conversationId: string, line: Line): void {
    line.shown = undefined
    this.#options.changed(conversationId)
  }

  #pump(conversationId: string): void {
    const line = this.#lines.get(conversationId)
    if (!line || line.busy || !this.#online || !this.#leads) return
    const held = line.items.find(isWaiting)
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
      this.#stored(line, held, message)
      this.#share.tell({ kind: 'stored', conversationId, clientId, message })
      return undefined
    } catch (error) {
      if (!(error instanceof Refusal) || isPassing(error))
        return retryMs(error instanceof Refusal ? error.retryAfterMs : undefined, ++line.tries, random)
      line.tries = 0
      this.#failed(line, held, error)
      this.#share.tell({ kind: 'failed', conversationId, clientId, refusal: error })
      return undefined
    }
  }

  #stored(line: Line, held: Held, message: Message): void {
    held.resolve(message)
    this.#settle(message.clientId)
    this.#become(line, held, { status: 'stored', message })
  }

  #failed(line: Line, held: Held, refusal: Refusal): void {
    held.reject(refusal)
    // It is kept for a reload too, unless there is nowhere left to show it.
    if (refusal.code === 'not_found') this.#settle(held.item.entry.clientId)
    this.#become(line, held, { status: 'failed', refusal })
  }

  #become(line: Line, held: Held, state: OutboxItem['state']): void {
    if (!line.items.includes(held)) return
    held.item = { entry: held.item.entry, state }
    this.#touched(held.item.entry.conversationId, line)
  }
}

const none: readonly OutboxItem[] = []
const ignore = () => undefined
const isWaiting = ({ item }: Held) => item.state.status === 'sending'
