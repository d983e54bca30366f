import type { CallInput, CallResults, Method, SyncResult } from '@confab/protocol/calls'
import type { Event } from '@confab/protocol/event'
import type { PushFrame } from '@confab/protocol/frames'
import type { ConversationId } from '@confab/protocol/ids'
import type { Random } from '../random.ts'
import { type Answer, type Connection, Lost, openConnection } from './connection.ts'
import { FrameNotes } from './frame-notes.ts'
import { now, type Recorder } from './recorder.ts'

export interface DeviceOptions {
  url: string
  name: string
  userId: string
  token: string
  random: Random
  recorder: Recorder
  silenceMs: number
  onEvent: (event: Event) => void
}

const backOffMs = { first: 50, most: 800 }
/** How often a device comes back without its copy. */
const withoutCopy = 0.2

/**
 * One device of a user: connects, syncs from what it holds, and comes back whenever it is cut off.
 *
 *   connecting ── hello ──▶ syncing ── reply ──▶ online ── closed ──▶ waiting ──▶ connecting
 */
export class Device {
  /** The last seq held without a hole, by conversation: what the next sync begins from. */
  readonly held = new Map<ConversationId, number>()
  /** When the call began that was the last to be answered. */
  #answeredAsked = 0
  opens = 0

  readonly #options: DeviceOptions
  readonly #waiting = new Set<() => void>()
  #connection: Connection | undefined
  #notes: FrameNotes
  #isOnline = false
  #stopped = false
  #userRev: number | undefined
  #since: string | undefined
  /** What was pushed before it joins on to what is held. */
  #ahead = new Map<ConversationId, { from: number; to: number }>()
  #catchingUp = new Set<ConversationId>()

  constructor(options: DeviceOptions) {
    this.#options = options
    this.#notes = new FrameNotes(options.recorder, options.name)
    void this.#live()
  }

  get isOnline(): boolean {
    return this.#isOnline
  }

  isAnsweredSince(t: number): boolean {
    return this.#answeredAsked >= t
  }

  /** The connection's name, for records of what is sent over it. */
  get connection(): string {
    return this.#notes.connection
  }

  /** Resolves when it is online, at once or later. */
  online(): Promise<void> {
    if (this.#isOnline) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.add(resolve))
  }

  async call<M extends Method>(
    method: M,
    params: CallInput[M],
    heard?: (answer: Answer<CallResults[M]>) => void,
  ): Promise<Answer<CallResults[M]>> {
    if (!this.#connection) throw new Lost(method)
    return this.#connection.call(method, params, heard)
  }

  /** Drops the connection without a word, as a lost network does. It comes back. */
  cut(): void {
    this.#connection?.kill()
  }

  /** Writes down that it is still connected, and goes. */
  stop(): void {
    this.#stopped = true
    if (this.#isOnline) this.#notes.stillOpen()
    this.#connection?.kill()
  }

  async #live(): Promise<void> {
    const { random } = this.#options
    let waitMs = backOffMs.first
    while (!this.#stopped) {
      const stayed = await this.#connect()
      waitMs = stayed ? backOffMs.first : Math.min(waitMs * 2, backOffMs.most)
      await Bun.sleep(waitMs * (0.5 + random.next()))
    }
  }

  /** Resolves when the connection has ended; whether it had come as far as being online. */
  async #connect(): Promise<boolean> {
    const { url, token, name, silenceMs, recorder } = this.#options
    const closed = Promise.withResolvers<void>()
    const hello = Promise.withResolvers<void>()
    // Not waited for where the upgrade itself fails.
    hello.promise.catch(() => undefined)
    const notes = new FrameNotes(recorder, `${name}.${++this.opens}`)
    let stayed = false
    let isOpen = false
    try {
      this.#connection = await openConnection({
        url,
        token,
        silenceMs,
        onAnswered: (asked) => {
          this.#answeredAsked = Math.max(this.#answeredAsked, asked)
        },
        onPush: (push) => {
          if (push.method === 'hello') {
            isOpen = true
            this.#notes = notes
            notes.opened(push.params.epoch)
            hello.resolve()
          } else this.#take(push)
        },
        onClose: (code) => {
          this.#isOnline = false
          this.#connection = undefined
          if (isOpen && !this.#stopped) notes.closed(code)
          hello.reject(new Lost('hello'))
          closed.resolve()
        },
      })
      await hello.promise
      await this.#sync()
      stayed = true
      await closed.promise
    } catch (cause) {
      this.#connection?.kill()
      if (!(cause instanceof Lost)) throw cause
    }
    return stayed
  }

  async #sync(): Promise<void> {
    const { random, recorder } = this.#options
    if (random.chance(withoutCopy)) {
      this.held.clear()
      this.#userRev = undefined
      this.#since = undefined
    }
    this.#ahead = new Map()
    this.#catchingUp = new Set(this.held.keys())
    const cursors = Object.fromEntries(this.held)
    const asked = now()
    const params = {
      cursors,
      ...(this.#userRev !== undefined && { userRev: this.#userRev }),
      ...(this.#since !== undefined && { since: this.#since }),
    }
    const answer = await this.call('sync', params, (heard) => {
      if ('result' in heard) this.#synced(heard.result, { asked, cursors })
    })
    if ('refused' in answer) {
      recorder.note({ kind: 'refused', t: now(), what: 'sync', code: answer.refused.code })
      throw new Lost('sync')
    }
    await Promise.all(answer.result.more.map(({ id, head }) => this.#fetchUpTo(id, head)))
  }

  #synced(result: SyncResult, { asked, cursors }: { asked: number; cursors: Record<string, number> }): void {
    const { conversations, events, more, reset, removed, userRev, at } = result
    this.#notes.synced(result, asked, cursors)
    this.#userRev = userRev
    this.#since = at
    for (const id of [...reset, ...removed]) this.held.delete(id)
    for (const event of events) {
      this.#options.onEvent(event)
      this.held.set(event.conversationId, event.seq)
    }
    for (const { id, head } of conversations) if (!this.held.has(id)) this.held.set(id, head)
    this.#catchingUp = new Set(more.map(({ id }) => id))
    for (const id of this.held.keys()) this.#join(id)
    this.#isOnline = true
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  async #fetchUpTo(conversationId: ConversationId, head: number): Promise<void> {
    for (;;) {
      const after = this.held.get(conversationId)
      if (after === undefined || after >= head) break
      const asked = now()
      const answer = await this.call('events', { conversationId, after, limit: 500 }, (heard) => {
        if (!('result' in heard)) return
        this.#notes.page(heard.result.events, asked, true)
        for (const event of heard.result.events) {
          this.#options.onEvent(event)
          this.held.set(conversationId, event.seq)
        }
      })
      // Removed meanwhile, or a server in trouble: the next sync tells.
      if ('refused' in answer || answer.result.events.length === 0) break
    }
    this.#catchingUp.delete(conversationId)
    this.#join(conversationId)
  }

  #take(push: PushFrame): void {
    this.#notes.pushed(push)
    if (push.method === 'event') {
      this.#options.onEvent(push.params)
      this.#pushed(push.params)
    } else if (push.method === 'conversation') {
      this.#userRev = push.params.userRev
      if ('removed' in push.params) {
        this.held.delete(push.params.removed)
        this.#ahead.delete(push.params.removed)
      } else {
        const { id, head } = push.params.conversation
        if (!this.held.has(id)) this.held.set(id, head)
        this.#join(id)
      }
    }
  }

  #pushed({ conversationId, seq, type, data }: Event): void {
    const held = this.held.get(conversationId)
    if (type === 'member.left' && data.userId === this.#options.userId) {
      this.held.delete(conversationId)
      this.#ahead.delete(conversationId)
    } else if (held !== undefined && !this.#catchingUp.has(conversationId)) {
      // A hole would be the server's; the checker sees it in the record.
      this.held.set(conversationId, Math.max(held, seq))
    } else {
      const { from = seq, to = seq } = this.#ahead.get(conversationId) ?? {}
      this.#ahead.set(conversationId, { from: Math.min(from, seq), to: Math.max(to, seq) })
    }
  }

  #join(conversationId: ConversationId): void {
    if (this.#catchingUp.has(conversationId)) return
    const held = this.held.get(conversationId)
    const ahead = this.#ahead.get(conversationId)
    if (held === undefined || !ahead) return
    this.#ahead.delete(conversationId)
    this.held.set(conversationId, Math.max(held, ahead.to))
  }
}
