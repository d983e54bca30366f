import type { Event } from '@confab/protocol/event'
import { mentions } from '@confab/protocol/fold'
import type { UserId } from '@confab/protocol/ids'
import type { Mentions } from '@confab/protocol/message'
import type { Committed, Write } from '../../src/ports/writes.ts'
import { type Batch, Visibility } from './visibility.ts'

/** A message as the log makes it, and what it said before. */
interface Said {
  senderId: UserId
  clientId: string
  text: string
  mentions: Mentions
  isDeleted: boolean
  past: { text: string; endedAt: number }[]
}

export interface Log {
  events: Event[]
  members: Set<string>
  /** The seq of each one's last `member.left`. */
  leftAt: Map<string, number>
  messages: Map<number, Said>
  isPublic: boolean
  /** The last member has left. */
  isGone: boolean
}

/** What was looked up before a choice was acknowledged may be acted upon so long after it. */
const answerLagMs = 1_000

/**
 * What really happened: every batch, noted the moment that it became durable, by whichever node. It holds
 * the log to its own rules at once, and is what all else is measured by.
 */
export class Ledger {
  readonly logs = new Map<string, Log>()
  readonly visibility = new Visibility(this.logs)
  readonly #batches: Batch[] = []
  /** Of each (conversation, sender, clientId). */
  readonly #sent = new Map<string, number[]>()
  readonly #texts = new Set<string>()
  readonly #cursors = new Map<string, number>()
  readonly #violate: (what: string) => void

  constructor(violate: (what: string) => void) {
    this.#violate = violate
  }

  note(batch: Batch): void {
    this.#batches.push(batch)
    for (const [index, outcome] of batch.outcomes.entries())
      if (outcome.status === 'committed') this.#take(outcome, batch.writes[index], batch.at)
    this.visibility.note(batch)
  }

  get length(): number {
    return this.#batches.length
  }

  /** A backup of that length was put back: what came after it has never happened. */
  cutAt(length: number): void {
    const kept = this.#batches.slice(0, length)
    this.#batches.length = 0
    this.logs.clear()
    this.#sent.clear()
    this.#texts.clear()
    this.#cursors.clear()
    this.visibility.clear()
    for (const batch of kept) this.note(batch)
  }

  isMember(id: string, userId: string): boolean {
    return this.logs.get(id)?.members.has(userId) ?? false
  }

  /** Members read the whole log; who has left, what came before they left and no more. */
  maySee(id: string, userId: string, seq: number): boolean {
    const log = this.logs.get(id)
    return log !== undefined && (log.members.has(userId) || seq <= (log.leftAt.get(userId) ?? 0))
  }

  /** The seqs of the messages that were stored for one send: one, if all is well. */
  storedAt(sent: { conversationId: string; senderId: string; clientId: string }): readonly number[] {
    return this.#sent.get(sendKey(sent)) ?? []
  }

  /** What a member has not read, counted from the log alone. */
  countUnread(id: string, userId: UserId, readSeq: number): { unread: number; mentions: number } {
    const unread = [...(this.logs.get(id)?.messages ?? [])].filter(
      ([seq, { isDeleted }]) => seq > readSeq && !isDeleted,
    )
    const mentioned = unread.filter(([, said]) => said.senderId !== userId && mentions(said, userId))
    return { unread: unread.length, mentions: mentioned.length }
  }

  #take({ events, receipts }: Committed, write: Write | undefined, at: number): void {
    for (const event of events) this.#append(event, at)
    if (write?.write === 'conversation.create') {
      const log = this.logs.get(write.conversationId)
      if (log) log.isPublic = write.visibility === 'public'
    }
    if (write?.write === 'cursor.move' && write.cursor === 'delivered' && receipts.length > 0)
      if (this.visibility.wasInvisible(write.actorId, at - answerLagMs))
        this.#violate(`${write.actorId}, who is invisible, was said to have been reached`)
    for (const { receipt } of receipts) {
      const key = `${receipt.conversationId} ${receipt.userId}`
      this.#forward(`read ${key}`, receipt.readSeq)
      this.#forward(`delivered ${key}`, receipt.deliveredSeq)
    }
  }

  #forward(key: string, seq: number | undefined): void {
    if (seq === undefined) return
    const before = this.#cursors.get(key) ?? 0
    if (seq < before) this.#violate(`a cursor went back: ${key} from ${before} to ${seq}`)
    this.#cursors.set(key, seq)
  }

  #append(event: Event, at: number): void {
    const { conversationId: id, seq } = event
    const log: Log = this.logs.get(id) ?? {
      events: [],
      members: new Set(),
      leftAt: new Map(),
      messages: new Map(),
      isPublic: false,
      isGone: false,
    }
    this.logs.set(id, log)
    const last = log.events.at(-1)
    if (seq !== log.events.length + 1) this.#violate(`${id}: seq ${seq} after ${log.events.length}`)
    if (last && event.at < last.at) this.#violate(`${id}: ${event.at} at seq ${seq} after ${last.at}`)
    if (!log.members.has(event.actorId) && seq > 1 && event.type !== 'member.joined')
      this.#violate(`${id}: seq ${seq} is by ${event.actorId}, who is no member`)
    log.events.push(event)
    this.#fold(log, event, at)
  }

  #fold(log: Log, event: Event, at: number) {
    switch (event.type) {
      case 'message.created': {
        const { senderId, clientId, text, mentions: mentioned, conversationId, seq } = event.data.message
        log.messages.set(seq, { senderId, clientId, text, mentions: mentioned, isDeleted: false, past: [] })
        const key = sendKey({ conversationId, senderId, clientId })
        const stored = [...(this.#sent.get(key) ?? []), seq]
        this.#sent.set(key, stored)
        if (stored.length > 1) this.#violate(`${key} is stored at ${stored.join(' and ')}`)
        // No text is handed over twice, so the same one again is the same message under another name.
        if (!event.data.message.forwardedFrom && this.#texts.has(text))
          this.#violate(`‘${text}’ is stored twice`)
        this.#texts.add(text)
        break
      }
      case 'message.edited':
      case 'message.deleted': {
        const said = log.messages.get(event.data.target)
        if (!said) return this.#violate(`${event.conversationId}: no message ${event.data.target} to change`)
        said.past.push({ text: said.text, endedAt: at })
        said.isDeleted = event.type === 'message.deleted'
        said.text = event.type === 'message.edited' ? event.data.text : ''
        said.mentions = event.type === 'message.edited' ? event.data.mentions : { userIds: [], all: false }
        break
      }
      case 'member.joined':
        log.members.add(event.data.userId)
        break
      case 'member.left':
        log.members.delete(event.data.userId)
        log.leftAt.set(event.data.userId, event.seq)
        log.isGone = log.members.size === 0
        break
      case 'conversation.changed':
        if (event.data.visibility) log.isPublic = event.data.visibility === 'public'
        break
    }
  }
}

const sendKey = (of: { conversationId: string; senderId: string; clientId: string }) =>
  `${of.conversationId} ${of.senderId} ${of.clientId}`
