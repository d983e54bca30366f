import type { Message } from '@confab/protocol/message'
import { Refusal } from '@confab/protocol/refusal'
import { isPassing, retryMs } from './back-off.ts'
import type { MessageContent, Sending } from './chat.ts'
import type { Clock } from './clock.ts'
import type { Log } from './options.ts'
import { type Held, type Line, type OutboxItem, OutboxLines } from './outbox-lines.ts'
import { type OutboxNews, OutboxShare } from './outbox-share.ts'
import type { OutboxEntry, OutboxStore } from './outbox-store.ts'
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
/**
 * A message that waits this long in a tab that is online, with no word of the tab that sends,
 * is sent by this one.
 */
export const relieveAfterMs = 10_000

export type OutboxContent = MessageContent & Pick<OutboxEntry, 'forward' | 'forwardedFrom'>

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
  readonly #lines: OutboxLines
  readonly #settled = new Set<string>()
  #online = false
  /** This tab sends; and it may, but doesn't know yet what waits. */
  #leads = false
  #mayLead = false
  /** What the other tabs have told, in number. */
  #heardOf = 0
  #connection = 0
  #cancelRelief: (() => void) | undefined

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#lines = new OutboxLines(options.changed)
    const heard = (news: OutboxNews) => this.#heard(news)
    this.#share = new OutboxShare({ ...options, heard, leads: (leads) => void this.#lead(leads) })
  }

  items(conversationId: string): readonly OutboxItem[] {
    return this.#lines.items(conversationId)
  }

  send(conversationId: string, content: OutboxContent): Sending {
    const { newId, now } = this.#options
    const clientId = newId()
    if (this.#lines.size >= outboxMax) {
      const sent = Promise.reject(new Refusal('overloaded', { detail: 'Too many messages wait to be sent' }))
      sent.catch(ignore)
      return { clientId, sent }
    }
    const number = this.#lines.lastNumber + 1
    return {
      clientId,
      sent: this.#handOver({ conversationId, clientId, ...content, createdAt: now(), number }),
    }
  }

  #handOver(entry: OutboxEntry): Promise<Message> {
    const { sent } = this.#lines.add(entry, true)
    this.#share.added(entry)
    this.#pump(entry.conversationId)
    this.#watchLead()
    return sent
  }

  /** Takes up what an earlier run left behind, and keeps from now on for this user. */
  async open(userId: string): Promise<void> {
    if (this.#share.userId === userId) return
    if (this.#share.userId !== undefined) this.forgetAll()
    const left = await this.#share.load(userId)
    if (this.#share.userId === userId) return
    const early = this.#lines.all()
    this.#share.open(userId)
    const before = Math.max(0, ...left.map(({ number }) => number))
    this.#lines.lastNumber += before
    for (const held of early) {
      // What was left comes first, after another reload too.
      const entry = { ...held.item.entry, number: held.item.entry.number + before }
      this.#lines.put(held, { ...held.item, entry })
      this.#share.added(entry)
    }
    for (const entry of left)
      if (!this.#lines.find(entry.conversationId, entry.clientId)) this.#lines.add(entry, true)
  }

  online(): void {
    this.#online = true
    for (const id of this.#lines.ids) this.#pump(id)
    this.#watchLead()
  }

  down(): void {
    this.#online = false
    this.#connection++
    this.#stopWatching()
    this.#lines.notBusy()
  }

  retry(conversationId: string, clientId: string): void {
    const held = this.#lines.find(conversationId, clientId)
    if (held?.item.state.status !== 'failed') return
    this.#lines.take(conversationId, clientId)
    const number = this.#lines.lastNumber + 1
    void this.#handOver({ ...held.item.entry, createdAt: this.#options.now(), number })
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
    for (const id of this.#lines.ids) this.reached(id, Number.POSITIVE_INFINITY)
  }

  /** Forgets everything in memory; what the store keeps stays there. */
  forgetAll(): void {
    for (const { reject } of this.#lines.clear()) reject(new Error('signed out'))
    this.close()
  }

  /** Another tab sends from now on; what is kept stays there. */
  close(): void {
    this.#leads = this.#mayLead = false
    this.#stopWatching()
    this.#share.close()
  }

  /** Forgets everything, in the store and in the other tabs too: also what could not be read of it. */
  async eraseAll(userId = this.#share.userId): Promise<void> {
    for (const { item } of this.#lines.all()) this.discard(item.entry.conversationId, item.entry.clientId)
    this.forgetAll()
    if (userId !== undefined) await this.#share.clear(userId)
  }

  /** Settled: it is forgotten here and on disk. */
  #remove(conversationId: string, clientId: string, why?: 'discarded'): Held | undefined {
    const held = this.#lines.take(conversationId, clientId)
    if (!held) return undefined
    if (why) held.reject(new Error(why))
    this.#settle(clientId)
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
    this.#heardOf++
    if (news.kind === 'added') {
      const { conversationId, clientId, number } = news.entry
      if (this.#settled.has(clientId) || this.#lines.size >= outboxMax) return
      const known = this.#lines.find(conversationId, clientId)
      // Tried again there, it goes to the end here too.
      if (known && known.item.entry.number >= number) return
      this.#lines.take(conversationId, clientId)
      this.#lines.add(news.entry, false)
      this.#pump(conversationId)
      return
    }
    const { conversationId, clientId } = news
    const held = this.#lines.find(conversationId, clientId)
    if (news.kind === 'discarded') this.#remove(conversationId, clientId, 'discarded')
    else if (held && news.kind === 'stored') this.#stored(held, news.message)
    else if (held && news.kind === 'failed') this.#failed(held, news.refusal)
    this.#pump(conversationId)
  }

  /** Who leads from now on may not have heard of all that waits, nor of all that is settled. */
  async #lead(leads: boolean): Promise<void> {
    this.#mayLead = leads
    this.#leads = false
    const { userId } = this.#share
    if (!leads) this.#watchLead()
    if (!leads || userId === undefined) return
    const left = await this.#share.load(userId)
    if (this.#share.userId !== userId || !this.#mayLead) return
    this.#leads = true
    const waiting = new Set(left.map(({ clientId }) => clientId))
    for (const held of this.#lines.all()) {
      const { conversationId, clientId } = held.item.entry
      if (!held.own && isWaiting(held) && !waiting.has(clientId)) this.#lines.take(conversationId, clientId)
    }
    for (const entry of left)
      if (!this.#settled.has(entry.clientId) && !this.#lines.find(entry.conversationId, entry.clientId))
        this.#lines.add(entry, false)
    for (const id of this.#lines.ids) this.#pump(id)
  }

  /** For as long as anything of this tab waits for another to send it: one timer, of this connection. */
  #watchLead(): void {
    if (this.#leads || !this.#online || this.#cancelRelief) return
    const longest = this.#lines.all().find((held) => held.own && isWaiting(held))
    if (!longest) return
    const before = this.#heardOf
    this.#cancelRelief = this.#options.timers.after(relieveAfterMs, () => {
      this.#cancelRelief = undefined
      const stillWaits = this.#lines.all().includes(longest) && isWaiting(longest)
      if (!this.#leads && stillWaits && this.#heardOf === before) this.#share.takeLead()
      this.#watchLead()
    })
  }

  #stopWatching(): void {
    this.#cancelRelief?.()
    this.#cancelRelief = undefined
  }

  #pump(conversationId: string): void {
    const line = this.#lines.line(conversationId)
    if (!line || line.busy || !this.#online || !this.#leads) return
    const held = line.items.find(isWaiting)
    if (!held) {
      this.#lines.tidy(conversationId)
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
      this.#stored(held, message)
      this.#share.tell({ kind: 'stored', conversationId, clientId, message })
      return undefined
    } catch (error) {
      if (!(error instanceof Refusal) || isPassing(error))
        return retryMs(error instanceof Refusal ? error.retryAfterMs : undefined, ++line.tries, random)
      line.tries = 0
      this.#failed(held, error)
      this.#share.tell({ kind: 'failed', conversationId, clientId, refusal: error })
      return undefined
    }
  }

  #stored(held: Held, message: Message): void {
    held.resolve(message)
    this.#settle(message.clientId)
    this.#lines.put(held, { entry: held.item.entry, state: { status: 'stored', message } })
  }

  #failed(held: Held, refusal: Refusal): void {
    held.reject(refusal)
    // It is kept for a reload too, unless there is nowhere left to show it.
    if (refusal.code === 'not_found') this.#settle(held.item.entry.clientId)
    this.#lines.put(held, { entry: held.item.entry, state: { status: 'failed', refusal } })
  }
}

const ignore = () => undefined
const isWaiting = ({ item }: Held) => item.state.status === 'sending'
