import type { Reaction } from '@confab/protocol/message'
import type { MessageRow } from '../reads/message-row.ts'

/** Columns of a MessageRow, where `messages` is `m`. Within one conversation a message's place is its seq. */
const messageColumns = `m.seq AS place, m.seq, m.ordinal, m.id, m.client_id AS "clientId",
  m.sender AS "senderId", m.at, m.text, m.updated_seq AS "updatedSeq", m.reply_to AS "replyTo", m.priority,
  m.edited_at AS "editedAt", m.deleted_at AS "deletedAt", m.mentions,
  m.forwarded_sender AS "forwardedSender", m.forwarded_at AS "forwardedAt", m.pinned_seq AS "pinnedSeq"`

/** The message's columns as it was made: without what was done to it since. */
export const createdColumns = messageColumns

/** The same, and the reactions to it as a viewer sees them; `viewer` is an expression of SQL. */
export const messageColumnsFor = (viewer: string): string => `${messageColumns}, coalesce((
    SELECT jsonb_agg(jsonb_build_object('emoji', n.emoji, 'count', n.count, 'mine', EXISTS (
      SELECT 1 FROM reactions r WHERE r.conversation = m.conversation AND r.target = m.seq
        AND r.emoji = n.emoji AND r.user_id = ${viewer})) ORDER BY n.since)
    FROM reaction_counts n WHERE n.conversation = m.conversation AND n.target = m.seq), '[]') AS reactions`

export type ShownRow = MessageRow & { reactions: Reaction[] }
