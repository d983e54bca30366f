import type { ConversationId } from '@confab/protocol/ids'
import type { Reaction } from '@confab/protocol/message'
import type { PersonalPart, PersonalRecords } from '../../../../ports/personal-records.ts'
import { type MessageRow, toMessage } from '../../reads/message-row.ts'
import {
  type Part,
  type PartRow,
  pageOfPart,
  partsBeside,
  toMembership,
  toProfile,
} from '../../reads/personal-part.ts'
import type { TextSeal } from '../../text-seal.ts'
import type { Postgres } from '../connection.ts'
import { messageColumnsFor } from '../message-columns.ts'
import { numbered } from '../statements.ts'

const firstId = '00000000-0000-0000-0000-000000000000'

const parts: Record<PersonalPart, Part> = {
  profile: {
    sql: `SELECT 1 AS place, u.id, u.name, u.handle, u.bio, u.locale, u.timezone, u.settings,
        u.server_role AS "serverRole", u.created_at AS "createdAt", u.updated_at AS "updatedAt",
        p.last_seen_at AS "lastSeenAt", p.chosen AS "chosenStatus", u.suspended_at AS "suspendedAt",
        u.suspended_reason AS "suspendedReason"
      FROM users u LEFT JOIN presences p ON p.user_id = u.id
      WHERE u.id = ?1::uuid AND 1 > ?3::bigint LIMIT ?2::bigint`,
    keys: ['place'],
    from: [0],
    item: toProfile,
  },
  memberships: {
    sql: `SELECT c.id AS place, c.id AS "conversationId", c.kind, c.name, c.topic, c.visibility, m.role,
        m.joined_seq AS "joinedSeq", m.read_seq AS "readSeq", m.read_at AS "readAt",
        m.delivered_seq AS "deliveredSeq", m.delivered_at AS "deliveredAt", m.muted, m.pinned, m.notify,
        m.hidden, m.marked_unread AS "markedUnread", m.draft, c.last_ordinal AS messages
      FROM memberships s JOIN members m ON m.conversation = s.conversation AND m.user_id = s.user_id
      JOIN conversations c ON c.id = s.conversation
      WHERE s.user_id = ?1::uuid AND s.conversation > ?3::uuid ORDER BY s.conversation LIMIT ?2::bigint`,
    keys: ['place'],
    from: [firstId],
    item: toMembership,
  },
  reactions: {
    sql: `SELECT r.conversation AS "conversationId", r.target AS seq, r.emoji
      FROM reactions r JOIN conversations c ON c.id = r.conversation
      WHERE r.user_id = ?1::uuid AND (r.conversation, r.target, r.emoji) > (?3::uuid, ?4::bigint, ?5::text)
      ORDER BY r.conversation, r.target, r.emoji LIMIT ?2::bigint`,
    keys: ['conversationId', 'seq', 'emoji'],
    from: [firstId, 0, ''],
  },
  pins: {
    sql: `SELECT e.seq AS place, e.conversation AS "conversationId", e.target AS seq, e.type, e.at
      FROM events e JOIN conversations c ON c.id = e.conversation
      WHERE e.actor = ?1::uuid AND e.type IN ('message.pinned', 'message.unpinned')
        AND (e.conversation, e.seq) > (?3::uuid, ?4::bigint)
      ORDER BY e.conversation, e.seq LIMIT ?2::bigint`,
    keys: ['conversationId', 'place'],
    from: [firstId, 0],
  },
  blocks: {
    sql: `SELECT blocked AS place, blocked AS "userId", at FROM blocks
      WHERE blocker = ?1::uuid AND blocked > ?3::uuid ORDER BY blocked LIMIT ?2::bigint`,
    keys: ['place'],
    from: [firstId],
  },
  ...partsBeside,
}

type Row = MessageRow & { reactions: Reaction[]; conversationId: ConversationId }

const columns = `${messageColumnsFor('$1::uuid')}, m.conversation AS "conversationId"`

/** Of one conversation. */
const those = `SELECT ${columns} FROM messages m JOIN conversations c ON c.id = m.conversation
  WHERE m.conversation = $3::uuid AND m.seq > $4::bigint AND $1::uuid IS NOT NULL
  ORDER BY m.seq LIMIT $2::bigint`

/** What the person wrote where they are no member any more: it looks through every message there is. */
const elsewhere = `SELECT ${columns} FROM messages m JOIN conversations c ON c.id = m.conversation
  WHERE m.sender = $1::uuid AND m.deleted_at IS NULL AND (m.conversation, m.seq) > ($3::uuid, $4::bigint)
    AND NOT EXISTS (SELECT 1 FROM members o WHERE o.conversation = m.conversation AND o.user_id = m.sender)
  ORDER BY m.conversation, m.seq LIMIT $2::bigint`

/** Long reads, for connections of their own whose statements may take their time. */
export function openPersonalRecords(postgres: Postgres, texts: TextSeal): PersonalRecords {
  const rowsOf = async <Row>(select: string, values: readonly (string | number)[]): Promise<Row[]> =>
    (await postgres.ask<Row[]>(`SELECT json_agg(row_to_json(r)) AS answer FROM (${select}) r`, values)) ?? []

  return {
    async page(query) {
      const part = parts[query.part]
      const person = part.of === 'email' ? query.email : query.userId
      if (person === undefined) return { items: [], next: null }
      const values = [person, query.limit, ...(query.after ?? part.from)]
      return pageOfPart(part, await rowsOf<PartRow>(numbered(part.sql), values), { ...query, texts })
    },

    async messages({ conversationId, userId, after, limit }) {
      const [from = firstId, seq = 0] = after ?? [conversationId ?? firstId, 0]
      const select = conversationId === null ? elsewhere : those
      const rows = await rowsOf<Row>(select, [userId, limit, from, seq])
      const last = rows.at(-1)
      return {
        // Elsewhere a message is shown without its reactions: they are others'.
        items: rows.map((row) =>
          toMessage(texts, row.conversationId, row, conversationId === null ? [] : row.reactions),
        ),
        next: rows.length === limit && last ? [last.conversationId, last.seq] : null,
      }
    },

    [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose](),
  }
}
