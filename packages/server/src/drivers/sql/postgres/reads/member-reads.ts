import type { Limits } from '@confab/protocol/limits'
import { z } from 'zod'
import type { Store } from '../../../../ports/store.ts'
import { pageOf, parseCursor } from '../../cursor.ts'
import { type MemberRow, toMember } from '../../reads/members.ts'
import type { Postgres } from '../connection.ts'

/** Columns of a MemberRow, where `members` is `m` and the member's row of `users` is `u`. */
export const memberColumns = `u.id, u.name, u.handle, u.bio, u.created_at, u.updated_at, m.role,
  m.joined_seq AS "joinedSeq", m.read_seq AS "readSeq", m.read_at AS "readAt",
  m.delivered_seq AS "deliveredSeq", m.delivered_at AS "deliveredAt"`

export function memberReads(
  postgres: Postgres,
  { receiptMembers }: Pick<Limits, 'receiptMembers'>,
): Pick<Store, 'members' | 'readers'> {
  return {
    async members({ conversationId, cursor, limit }) {
      const [after] = parseCursor(z.tuple([z.int()]), cursor) ?? [0]
      const found = await postgres.ask<{ memberCount: number; rows: MemberRow[] }>(
        `SELECT json_build_object('memberCount', c.member_count, 'rows', (
            SELECT coalesce(json_agg(r), '[]') FROM (
              SELECT ${memberColumns} FROM members m JOIN users u ON u.id = m.user_id
              WHERE m.conversation = c.id AND m.joined_seq > $2::bigint
              ORDER BY m.joined_seq LIMIT $3::bigint) r)) AS answer
          FROM conversations c WHERE c.id = $1::uuid`,
        [conversationId, after, limit + 1],
      )
      if (!found) return { items: [], next: null }
      const cursorsShown = found.memberCount <= receiptMembers
      return pageOf(found.rows, {
        limit,
        keys: (row) => [row.joinedSeq],
        item: (row) => toMember(row, { cursorsShown }),
      })
    },
    async readers({ conversationId, seq }) {
      type Readers = NonNullable<Awaited<ReturnType<Store['readers']>>>
      const found = await postgres.ask<{ shown: boolean; readers: Readers }>(
        `SELECT json_build_object('shown', c.member_count <= $3::bigint, 'readers', CASE
            WHEN c.member_count <= $3::bigint THEN (SELECT coalesce(json_agg(
              json_build_object('userId', user_id, 'readAt', read_at) ORDER BY read_at, joined_seq), '[]')
              FROM members WHERE conversation = c.id AND read_seq >= $2::bigint) END) AS answer
          FROM conversations c WHERE c.id = $1::uuid`,
        [conversationId, seq, receiptMembers],
      )
      if (!found) return []
      return found.shown ? found.readers : null
    },
  }
}
