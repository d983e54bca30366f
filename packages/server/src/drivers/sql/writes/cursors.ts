import type { Database } from 'bun:sqlite'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Receipt } from '@confab/protocol/pushes'
import { iso } from '../iso.ts'
import type { Permitted } from './access.ts'

export interface Cursors {
  /** How many messages stand up to a seq, deleted ones included: one seek. */
  ordinalAt(conversation: number, seq: number): number
  /** How many existing messages lie after a cursor: the ordinals' difference, less the few deleted. */
  unread(conversation: { num: number; lastOrdinal: number }, cursor: { seq: number; ordinal: number }): number
  /** Moves the read cursor, and the delivered one with it: who has read a message has received it. */
  read(conversation: Permitted, to: { seq: number; ordinal: number; at: number }): void
  delivered(conversation: Permitted, to: { seq: number; at: number }): void
}

export function prepareCursors(database: Database): Cursors {
  const lastBefore = database.prepare<{ ordinal: number }, [number, number]>(
    `SELECT ordinal FROM messages WHERE place > ?1 << 32 AND place <= (?1 << 32) + ?2
      ORDER BY place DESC LIMIT 1`,
  )
  const deletedAfter = database.prepare<{ deleted: number }, [number, number]>(
    `SELECT count(*) AS deleted FROM messages INDEXED BY deleted_messages
      WHERE deleted_at IS NOT NULL AND place > (?1 << 32) + ?2 AND place < (?1 + 1) << 32`,
  )
  const moveRead = database.prepare<never, number[]>(
    `UPDATE members SET read_seq = ?3, read_ordinal = ?4, read_at = ?5, delivered_seq = ?6,
      delivered_at = iif(delivered_seq < ?6, ?5, delivered_at)
      WHERE conversation = ?1 AND user = ?2`,
  )
  const moveDelivered = database.prepare<never, number[]>(
    'UPDATE members SET delivered_seq = ?3, delivered_at = ?4 WHERE conversation = ?1 AND user = ?2',
  )
  return {
    ordinalAt: (conversation, seq) => lastBefore.get(conversation, seq)?.ordinal ?? 0,
    unread({ num, lastOrdinal }, { seq, ordinal }) {
      const after = lastOrdinal - ordinal
      return after === 0 ? 0 : after - (deletedAfter.get(num, seq)?.deleted ?? 0)
    },
    read(conversation, { seq, ordinal, at }) {
      const delivered = Math.max(conversation.deliveredSeq, seq)
      moveRead.run(conversation.num, conversation.user, seq, ordinal, at, delivered)
      conversation.cursorsAt = Math.max(conversation.cursorsAt, at)
    },
    delivered(conversation, { seq, at }) {
      moveDelivered.run(conversation.num, conversation.user, seq, at)
      conversation.cursorsAt = Math.max(conversation.cursorsAt, at)
    },
  }
}

/** What is told of a read cursor that moved; `deliveredSeq` is where the other cursor stood before. */
export function readReceipt(moved: {
  conversationId: ConversationId
  userId: UserId
  readSeq: number
  at: number
  deliveredSeq: number
  unread: number
  mentions: number
  head: number
}): Receipt {
  const readAt = iso(moved.at)
  return {
    conversationId: moved.conversationId,
    userId: moved.userId,
    readSeq: moved.readSeq,
    readAt,
    ...(moved.readSeq > moved.deliveredSeq && { deliveredSeq: moved.readSeq, deliveredAt: readAt }),
    mine: { unread: moved.unread, mentions: moved.mentions, head: moved.head },
  }
}
