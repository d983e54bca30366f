import type { SyncResult } from '@confab/protocol/calls'
import type { Conversation } from '@confab/protocol/conversation'
import type { Event } from '@confab/protocol/event'
import type { PushFrame } from '@confab/protocol/frames'
import type { Message } from '@confab/protocol/message'
import type { Receipt } from '@confab/protocol/pushes'
import type { HistoryRecord } from '../check/history.ts'
import { contentHash, eventRecord, now, type Recorder } from './recorder.ts'

/** Writes down what one connection is told, as it is told. */
export class FrameNotes {
  readonly #recorder: Recorder
  readonly connection: string

  constructor(recorder: Recorder, connection: string) {
    this.#recorder = recorder
    this.connection = connection
  }

  opened(epoch: string): void {
    this.#note({ kind: 'opened', t: now(), connection: this.connection, epoch })
  }

  closed(code: number): void {
    this.#note({ kind: 'closed', t: now(), connection: this.connection, code })
  }

  stillOpen(): void {
    this.#note({ kind: 'still-open', t: now(), connection: this.connection })
  }

  synced(result: SyncResult, asked: number, cursors: Record<string, number>): void {
    const { conversations, events, more, reset, removed, receipts } = result
    const { connection } = this
    const t = now()
    const heads = headsOf(conversations)
    this.#note({ kind: 'synced', t, asked, connection, cursors, heads, more: headsOf(more), reset, removed })
    for (const event of events) this.#note(eventRecord(event, { t, via: 'sync', connection, asked }))
    for (const conversation of conversations) this.snapshot(conversation, asked)
    for (const receipt of receipts) this.#cursor(receipt, asked)
  }

  /** A page that fills what a sync left out, or one that was read for its own sake. */
  page(events: readonly Event[], asked: number, fills: boolean): void {
    const at = { t: now(), via: 'page' as const, asked, ...(fills && { connection: this.connection }) }
    for (const event of events) this.#note(eventRecord(event, at))
  }

  messages(messages: readonly Message[], asked: number): void {
    for (const { conversationId, seq, text } of messages) {
      const shown = { conversation: conversationId, seq, content: contentHash(text) }
      this.#note({ kind: 'message', t: now(), asked, ...shown })
    }
  }

  snapshot({ id, lastMessage, members }: Conversation, asked: number): void {
    if (lastMessage) this.messages([lastMessage], asked)
    for (const { user, readSeq } of members)
      if (readSeq !== null) this.#cursor({ conversationId: id, userId: user.id, readSeq }, asked)
  }

  pushed(push: PushFrame): void {
    const { connection } = this
    const t = now()
    if (push.method === 'event') this.#note(eventRecord(push.params, { t, via: 'push', connection }))
    else if (push.method === 'receipt') this.#cursor(push.params)
    else if (push.method !== 'conversation') return
    else if ('removed' in push.params)
      this.#note({ kind: 'removed', t, connection, conversation: push.params.removed })
    else {
      const { id, head } = push.params.conversation
      this.#note({ kind: 'conversation', t, connection, conversation: id, head })
    }
  }

  #cursor({ conversationId, userId, readSeq }: Receipt, asked?: number): void {
    if (readSeq === undefined) return
    const seen = { conversation: conversationId, user: userId, read: readSeq, connection: this.connection }
    this.#note({ kind: 'cursor', t: now(), ...seen, ...(asked !== undefined && { asked }) })
  }

  #note(record: HistoryRecord): void {
    this.#recorder.note(record)
  }
}

const headsOf = (items: readonly { id: string; head: number }[]): Record<string, number> =>
  Object.fromEntries(items.map(({ id, head }) => [id, head]))
