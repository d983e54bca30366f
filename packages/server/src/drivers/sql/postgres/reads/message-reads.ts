import type { ConversationId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import { z } from 'zod'
import type { Store } from '../../../../ports/store.ts'
import { pageOf, parseCursor } from '../../cursor.ts'
import { toMessage } from '../../reads/message-row.ts'
import { toUser, type UserColumns } from '../../reads/people.ts'
import type { TextSeal } from '../../text-seal.ts'
import type { Postgres } from '../connection.ts'
import { messageColumnsFor, type ShownRow } from '../message-columns.ts'
import { pageReads } from './page-reads.ts'

type Reads = Pick<Store, 'events' | 'history' | 'message' | 'sent' | 'pins' | 'reactors'>

/** Above every seq. */
const seqEnd = Number.MAX_SAFE_INTEGER

const columns = messageColumnsFor('$2::uuid')
export function messageReads(postgres: Postgres, texts: TextSeal): Reads {
  const shown = (conversationId: ConversationId, row: ShownRow): Message =>
    toMessage(texts, conversationId, row, row.reactions)

  return {
    ...pageReads(postgres, texts, "''"),

    async message({ conversationId, seq, viewerId }) {
      const row = await postgres.ask<ShownRow>(
        `SELECT row_to_json(r) AS answer FROM (SELECT ${columns} FROM messages m
          WHERE m.conversation = $1::uuid AND m.seq = $3::bigint
            AND EXISTS (SELECT 1 FROM conversations c WHERE c.id = m.conversation)) r`,
        [conversationId, viewerId, seq],
      )
      return row && shown(conversationId, row)
    },

    async sent({ conversationId, sendKey }) {
      const row = await postgres.ask<ShownRow & { contentKey: string }>(
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
      const rows = await postgres.ask<ShownRow[]>(
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
