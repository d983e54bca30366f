import type { ConversationId } from '@confab/protocol/ids'
import type { Message, Reaction } from '@confab/protocol/message'
import { z } from 'zod'
import type { Store } from '../../../../ports/store.ts'
import { pageOf, parseCursor } from '../../cursor.ts'
import { createdEvent, type EventRow, otherEvent } from '../../reads/events.ts'
import { halvesAround } from '../../reads/history.ts'
import { type MessageRow, toMessage } from '../../reads/message-row.ts'
import { toUser, type UserColumns } from '../../reads/people.ts'
import type { TextSeal } from '../../text-seal.ts'
import type { Postgres } from '../connection.ts'
import { createdColumns, messageColumnsFor } from '../message-columns.ts'

type Row = MessageRow & { reactions: Reaction[] }
type Reads = Pick<Store, 'events' | 'history' | 'message' | 'sent' | 'pins' | 'reactors'>

/** Above every seq. */
const seqEnd = Number.MAX_SAFE_INTEGER

const columns = messageColumnsFor('$2::uuid')
const earlier = rowsOf(`SELECT ${columns} FROM messages m
  WHERE m.conversation = c.id AND m.seq < $3::bigint ORDER BY m.seq DESC LIMIT $4::bigint`)
const later = rowsOf(`SELECT ${columns} FROM messages m
  WHERE m.conversation = c.id AND m.seq >= $3::bigint ORDER BY m.seq LIMIT $4::bigint`)

/** The rows of a query as an array, by their seqs. */
function rowsOf(select: string): string {
  return `(SELECT coalesce(json_agg(r ORDER BY r.seq), '[]') FROM (${select}) r)`
}

export function messageReads(postgres: Postgres, texts: TextSeal): Reads {
  const shown = (conversationId: ConversationId, row: Row): Message =>
    toMessage(texts, conversationId, row, row.reactions)

  async function page({
    conversationId,
    viewerId,
    before,
    after,
    around,
    limit,
  }: Parameters<Store['history']>[0]) {
    const seq = around ?? (after === undefined ? (before ?? seqEnd) : after + 1)
    const withEarlier = around !== undefined || after === undefined
    const withLater = around !== undefined || after !== undefined
    const found = await postgres.ask<{ head: number; earlier: Row[]; later: Row[] }>(
      `SELECT json_build_object('head', c.head, 'earlier', ${withEarlier ? earlier : `'[]'::json`},
          'later', ${withLater ? later : `'[]'::json`}) AS answer
        FROM conversations c WHERE c.id = $1::uuid`,
      [conversationId, viewerId, seq, limit],
    )
    if (!found) return { messages: [], head: 0 }
    const rows = around === undefined ? [...found.earlier, ...found.later] : halvesAround(found, limit)
    return { messages: rows.map((row) => shown(conversationId, row)), head: found.head }
  }

  return {
    history: page,

    async events({ conversationId, after, limit }) {
      const within = 'seq > $2::bigint AND seq <= $2::bigint + $3::bigint'
      const found = await postgres.ask<{ head: number; messages: MessageRow[]; others: EventRow[] }>(
        `SELECT json_build_object('head', c.head,
            'messages', ${rowsOf(`SELECT ${createdColumns} FROM messages m
              WHERE m.conversation = c.id AND m.${within.replace('AND ', 'AND m.')}`)},
            'others', ${rowsOf(`SELECT e.seq, e.type, e.actor AS "actorId", e.at, e.data, t.id AS "messageId",
              t.text, t.mentions
              FROM events e LEFT JOIN messages t
                ON e.type = 'message.edited' AND t.conversation = e.conversation AND t.seq = e.target
              WHERE e.conversation = c.id AND e.${within.replace('AND ', 'AND e.')}`)}) AS answer
          FROM conversations c WHERE c.id = $1::uuid`,
        [conversationId, after, limit],
      )
      if (!found) return { events: [], head: 0 }
      const events = [
        ...found.messages.map((row) => createdEvent(texts, conversationId, row)),
        ...found.others.map((row) => otherEvent(texts, conversationId, row)),
      ]
      return { events: events.sort((a, b) => a.seq - b.seq), head: found.head }
    },

    async message({ conversationId, seq, viewerId }) {
      const row = await postgres.ask<Row>(
        `SELECT row_to_json(r) AS answer FROM (SELECT ${columns} FROM messages m
          WHERE m.conversation = $1::uuid AND m.seq = $3::bigint
            AND EXISTS (SELECT 1 FROM conversations c WHERE c.id = m.conversation)) r`,
        [conversationId, viewerId, seq],
      )
      return row && shown(conversationId, row)
    },

    async sent({ conversationId, sendKey }) {
      const row = await postgres.ask<Row & { contentKey: string }>(
        `SELECT row_to_json(r) AS answer FROM (
          SELECT ${messageColumnsFor('m.sender')}, encode(k.content_key, 'hex') AS "contentKey"
          FROM send_keys k JOIN conversations c ON c.id = k.conversation
          JOIN messages m ON m.conversation = k.conversation AND m.seq = k.seq
          WHERE k.conversation = $1::uuid AND k.send_key = $2::bytea) r`,
        [conversationId, sendKey],
      )
      return row && { message: shown(conversationId, row), contentKey: Uint8Array.fromHex(row.contentKey) }
    },

    async pins({ conversationId, viewerId, cursor, limit }) {
      const [before] = parseCursor(z.tuple([z.int()]), cursor) ?? [seqEnd]
      const rows = await postgres.ask<Row[]>(
        `SELECT json_agg(r) AS answer FROM (SELECT ${columns} FROM messages m
          JOIN conversations c ON c.id = m.conversation
          WHERE m.conversation = $1::uuid AND m.pinned_seq > 0 AND m.pinned_seq < $3::bigint
            AND m.deleted_at IS NULL ORDER BY m.pinned_seq DESC LIMIT $4::bigint) r`,
        [conversationId, viewerId, before, limit + 1],
      )
      return pageOf(rows ?? [], {
        limit,
        keys: ({ pinnedSeq }) => [pinnedSeq],
        item: (row) => shown(conversationId, row),
      })
    },

    async reactors({ conversationId, seq, emoji, cursor, limit }) {
      const [after] = parseCursor(z.tuple([z.int()]), cursor) ?? [0]
      const rows = await postgres.ask<(UserColumns & { seq: number })[]>(
        `SELECT json_agg(r) AS answer FROM (
          SELECT u.id, u.name, u.handle, u.bio, u.created_at, u.updated_at, r.seq
          FROM reactions r JOIN conversations c ON c.id = r.conversation JOIN users u ON u.id = r.user_id
          WHERE r.conversation = $1::uuid AND r.target = $2::bigint AND r.emoji = $3::text
            AND r.seq > $4::bigint ORDER BY r.seq LIMIT $5::bigint) r`,
        [conversationId, seq, emoji, after, limit + 1],
      )
      return pageOf(rows ?? [], { limit, keys: (row) => [row.seq], item: toUser })
    },
  }
}
