import type { Database } from 'bun:sqlite'
import { type Event, event as eventSchema } from '@confab/protocol/event'
import type { ConversationId, MessageId, UserId } from '@confab/protocol/ids'
import { isoTime } from '../../../lib/clock.ts'
import { plannedOnce } from '../planned-once.ts'
import { prepareSnapshot } from '../snapshot.ts'
import type { StoredText, TextSeal } from '../text-seal.ts'
import { type MessageRow, messageColumns, parseMentions, toCreatedMessage } from './message-row.ts'

export interface EventRow {
  seq: number
  type: string
  actorId: UserId
  at: number
  data: string
  /** Of an edit: which message, and what it says now. */
  messageId: MessageId | null
  text: StoredText | null
  mentions: string | null
}

export type ReadEvents = (range: { conversationId: ConversationId; after: number; limit: number }) => {
  events: Event[]
  head: number
}

/**
 * The log is two runs in order of seq, the messages (each its own `message.created`) and all other
 * events, merged: no seq is in both and none is missing.
 */
export function prepareReadEvents(database: Database, texts: TextSeal): ReadEvents {
  const conversation = database.prepare<{ num: number; head: number }, [string]>(
    'SELECT num, head FROM conversations WHERE id = ?',
  )
  const messages = database.prepare<MessageRow, [number, number, number]>(
    plannedOnce(`
    SELECT ${messageColumns} FROM messages m JOIN users s ON s.num = m.sender
    WHERE m.place > (?1 << 32) + ?2 AND m.place <= (?1 << 32) + ?3 ORDER BY m.place`),
  )
  const others = database.prepare<EventRow, [number, number, number]>(
    plannedOnce(`
    SELECT e.place & 4294967295 AS seq, e.type, u.id AS actorId, e.at, e.data, t.id AS messageId, t.text,
      t.mentions
    FROM events e JOIN users u ON u.num = e.actor
    LEFT JOIN messages t ON e.type = 'message.edited' AND t.place = (?1 << 32) + e.target
    WHERE e.place > (?1 << 32) + ?2 AND e.place <= (?1 << 32) + ?3 ORDER BY e.place`),
  )

  const inSnapshot = prepareSnapshot(database)

  function read({ conversationId, after, limit }: Parameters<ReadEvents>[0]) {
    const found = conversation.get(conversationId)
    if (!found) return { events: [], head: 0 }
    const { num, head } = found
    if (after >= head) return { events: [], head }
    const last = Math.min(head, after + limit)
    const created = messages.all(num, after, last).map((row) => createdEvent(texts, conversationId, row))
    // They are all there is, as after a burst of sends.
    if (created.length === last - after) return { events: created, head }
    const rest = others.all(num, after, last).map((row) => otherEvent(texts, conversationId, row))
    return { events: [...created, ...rest].sort((a, b) => a.seq - b.seq), head }
  }

  return (range) => inSnapshot(() => read(range))
}

export function createdEvent(texts: TextSeal, conversationId: ConversationId, row: MessageRow): Event {
  const message = toCreatedMessage(conversationId, row, texts.message.open(conversationId, row.id, row.text))
  const { seq, senderId: actorId, createdAt: at } = message
  return { conversationId, seq, type: 'message.created', actorId, at, data: { message } }
}

export const otherEvent = (texts: TextSeal, conversationId: ConversationId, row: EventRow): Event => {
  const { seq, type, actorId, at } = row
  const data = dataOf(texts, conversationId, row)
  return eventSchema.parse({ conversationId, seq, type, actorId, at: isoTime(at), data })
}

/** An edit names its message and its time; what it says is what the message says now. */
function dataOf(
  texts: TextSeal,
  conversationId: ConversationId,
  { type, data, messageId, text: stored, mentions }: EventRow,
): unknown {
  const kept: object = JSON.parse(data)
  if (type !== 'message.edited') return kept
  const text = messageId && stored ? texts.message.open(conversationId, messageId, stored) : ''
  return { ...kept, text, mentions: mentions === null ? nobody : parseMentions(mentions) }
}

const nobody = { userIds: [], all: false }
