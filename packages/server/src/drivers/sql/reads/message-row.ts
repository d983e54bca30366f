import type { ConversationId, MessageId, UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import { isoTimeOrNull } from '../../../lib/clock.ts'
import { iso } from '../iso.ts'

/** A message as the tables keep it: what `messageColumns` selects. Times are milliseconds. */
export interface MessageRow {
  seq: number
  ordinal: number
  id: MessageId
  clientId: string
  senderId: UserId
  at: number
  text: string
  updatedSeq: number
  replyTo: number | null
  priority: 'high' | null
  editedAt: number | null
  deletedAt: number | null
}

/** Columns of a MessageRow, where `messages` is `m` and its sender's row of `users` is `s`. */
export const messageColumns = `m.place & 4294967295 AS seq, m.ordinal, m.id, m.client_id AS clientId,
  s.id AS senderId, m.at, m.text, m.updated_seq AS updatedSeq, m.reply_to AS replyTo, m.priority,
  m.edited_at AS editedAt, m.deleted_at AS deletedAt`

/** The message as it stands now. */
export const toMessage = (conversationId: ConversationId, row: MessageRow): Message => ({
  ...toCreatedMessage(conversationId, row),
  updatedSeq: row.updatedSeq,
  editedAt: isoTimeOrNull(row.editedAt),
  deletedAt: isoTimeOrNull(row.deletedAt),
})

/** The message as its `message.created` tells it: the content as it is now, all else as it was then. */
export const toCreatedMessage = (
  conversationId: ConversationId,
  row: Omit<MessageRow, 'updatedSeq' | 'editedAt' | 'deletedAt'>,
): Message => ({
  conversationId,
  seq: row.seq,
  updatedSeq: row.seq,
  ordinal: row.ordinal,
  id: row.id,
  clientId: row.clientId,
  senderId: row.senderId,
  text: row.text,
  attachments: [],
  mentions: { userIds: [], all: false },
  replyTo: row.replyTo === null ? null : { seq: row.replyTo },
  forwardedFrom: null,
  reactions: [],
  pinned: false,
  priority: row.priority,
  createdAt: iso(row.at),
  editedAt: null,
  deletedAt: null,
})
