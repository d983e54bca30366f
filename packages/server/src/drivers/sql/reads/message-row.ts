import type { ConversationId, MessageId, UserId } from '@confab/protocol/ids'
import { type Mentions, type Message, mentions, type Reaction } from '@confab/protocol/message'
import { isoTimeOrNull } from '../../../lib/clock.ts'
import { iso } from '../iso.ts'
import type { StoredText, TextSeal } from '../text-seal.ts'

/** A message as the tables keep it: what `messageColumns` selects. Times are milliseconds. */
export interface MessageRow {
  /** The key of the row: see the migration. */
  place: number
  seq: number
  ordinal: number
  id: MessageId
  clientId: string
  senderId: UserId
  at: number
  text: StoredText
  updatedSeq: number
  replyTo: number | null
  priority: 'high' | null
  editedAt: number | null
  deletedAt: number | null
  /** As JSON; null for nobody. */
  mentions: string | null
  forwardedSender: UserId | null
  forwardedAt: number | null
  pinnedSeq: number
}

/** Columns of a MessageRow, where `messages` is `m` and its sender's row of `users` is `s`. */
export const messageColumns = `m.place, m.place & 4294967295 AS seq, m.ordinal, m.id, m.client_id AS clientId,
  s.id AS senderId, m.at, m.text, m.updated_seq AS updatedSeq, m.reply_to AS replyTo, m.priority,
  m.edited_at AS editedAt, m.deleted_at AS deletedAt,
  m.mentions, m.forwarded_sender AS forwardedSender, m.forwarded_at AS forwardedAt, m.pinned_seq AS pinnedSeq`

/** The message as it stands now, for who sees these reactions. */
export const toMessage = (
  texts: TextSeal,
  conversationId: ConversationId,
  row: MessageRow,
  reactions: Reaction[],
): Message => ({
  ...toCreatedMessage(conversationId, row, texts.message.open(conversationId, row.id, row.text)),
  updatedSeq: row.updatedSeq,
  reactions,
  pinned: row.pinnedSeq > 0,
  editedAt: isoTimeOrNull(row.editedAt),
  deletedAt: isoTimeOrNull(row.deletedAt),
})

/** The message as its `message.created` tells it: the content as it is now, all else as it was then. */
export const toCreatedMessage = (
  conversationId: ConversationId,
  row: Omit<MessageRow, 'place' | 'text' | 'updatedSeq' | 'editedAt' | 'deletedAt' | 'pinnedSeq'>,
  text: string,
): Message => ({
  conversationId,
  seq: row.seq,
  updatedSeq: row.seq,
  ordinal: row.ordinal,
  id: row.id,
  clientId: row.clientId,
  senderId: row.senderId,
  text,
  attachments: [],
  mentions: row.mentions === null ? { userIds: [], all: false } : parseMentions(row.mentions),
  replyTo: row.replyTo === null ? null : { seq: row.replyTo },
  forwardedFrom:
    row.forwardedSender === null
      ? null
      : { senderId: row.forwardedSender, createdAt: iso(row.forwardedAt ?? row.at) },
  reactions: [],
  pinned: false,
  priority: row.priority,
  createdAt: iso(row.at),
  editedAt: null,
  deletedAt: null,
})

export const parseMentions = (json: string): Mentions => mentions.parse(JSON.parse(json))
