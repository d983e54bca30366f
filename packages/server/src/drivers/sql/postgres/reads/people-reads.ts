import { type UserId, userId as userIdSchema } from '@confab/protocol/ids'
import type { Limits } from '@confab/protocol/limits'
import { z } from 'zod'
import type { AccountsPage, List, ListPage, ShutOut, Store } from '../../../../ports/store.ts'
import type { KeptPresence, UserChange } from '../../../../ports/writes.ts'
import { pageOf, parseCursor } from '../../cursor.ts'
import { type AccountColumns, toAccount } from '../../reads/accounts.ts'
import { type ChangedRows, changesMax, changesOf, peopleLookedAtMax } from '../../reads/changes.ts'
import { type MeColumns, toMe, toUser, type UserColumns, userColumns } from '../../reads/people.ts'
import { shutOutColumns } from '../../reads/shut-out.ts'
import { searchText } from '../../search-text.ts'
import type { Postgres } from '../connection.ts'
import { uuids } from '../uuids.ts'

type Reads = Pick<
  Store,
  | 'users'
  | 'me'
  | 'searchUsers'
  | 'accounts'
  | 'accountsOf'
  | 'shutOut'
  | 'mutual'
  | 'sharing'
  | 'presences'
  | 'revs'
  | 'userRevs'
  | 'userChanges'
  | 'changedSince'
>

/** Nobody's. */
const leastUuid = '00000000-0000-0000-0000-000000000000'

const columns = userColumns.map((column) => `u.${column}`).join(', ')

const accountColumns = `${columns}, u.server_role, u.suspended_at, u.suspended_by, u.suspended_reason`

/** Whether two share a conversation: by the one's memberships, each looked up among the other's. */
const share = (one: string, other: string): string => `EXISTS (
  SELECT 1 FROM memberships a JOIN memberships b ON b.user_id = ${other} AND b.conversation = a.conversation
  JOIN conversations c ON c.id = a.conversation WHERE a.user_id = ${one})`

const isBlocked = (one: string, other: string): string => `EXISTS (
  SELECT 1 FROM blocks WHERE (blocker, blocked) IN ((${one}, ${other}), (${other}, ${one})))`

export function peopleReads(postgres: Postgres, { receiptMembers }: Pick<Limits, 'receiptMembers'>): Reads {
  async function those(userId: UserId, others: readonly UserId[], condition: string): Promise<Set<UserId>> {
    if (others.length === 0) return new Set()
    const found = await postgres.ask<UserId[]>(
      `SELECT json_agg(o.id) AS answer FROM unnest($2::uuid[]) o(id)
        WHERE EXISTS (SELECT 1 FROM users WHERE id = $1::uuid) AND ${condition}`,
      [userId, uuids(others)],
    )
    const kept = new Set(found)
    return new Set(others.filter((other) => kept.has(other)))
  }

  /** By name. The words' index answers with those who fit; without a query it is the whole directory. */
  async function people<Row extends UserColumns, Item>(
    { query, cursor, limit, role, suspended }: Partial<AccountsPage> & ListPage & { query: string },
    { columns: selected, item }: { columns: string; item: (row: Row) => Item },
  ): Promise<List<Item>> {
    const wanted = searchText(query)
    const [name, id] = parseCursor(z.tuple([z.string(), userIdSchema]), cursor) ?? [null, null]
    const fit =
      wanted === ''
        ? '$1::text IS NOT NULL'
        : `u.id IN (SELECT user_id FROM user_words WHERE word >= $1::text AND word < $1::text || U&'\\+10FFFF')`
    const rows = await postgres.ask<(Row & { sort_name: string })[]>(
      `SELECT json_agg(r) AS answer FROM (
        SELECT ${selected}, u.sort_name FROM users u
        WHERE u.erased_at IS NULL AND ${fit}
          AND ($2::text IS NULL OR (u.sort_name, u.id) > ($2::text, $3::uuid))
          AND ($4::text IS NULL OR u.server_role = $4::text)
          AND ($5::boolean IS NULL OR (u.suspended_at IS NOT NULL) = $5::boolean)
        ORDER BY u.sort_name, u.id LIMIT $6::bigint) r`,
      [wanted, name, id, role ?? null, suspended ?? null, limit + 1],
    )
    return pageOf(rows ?? [], { limit, keys: (row) => [row.sort_name, row.id], item })
  }

  return {
    async users(ids) {
      if (ids.length === 0) return []
      const rows = await postgres.ask<UserColumns[]>(
        `SELECT json_agg(r ORDER BY r.place) AS answer FROM (
          SELECT ids.place, ${columns} FROM unnest($1::uuid[]) WITH ORDINALITY ids(id, place)
          JOIN users u ON u.id = ids.id) r`,
        [uuids(new Set(ids))],
      )
      return (rows ?? []).map(toUser)
    },
    async me(userId) {
      const row = await postgres.ask<MeColumns & { blocks: UserId[] }>(
        `SELECT row_to_json(r) AS answer FROM (
          SELECT ${columns}, u.locale, u.timezone, u.settings, u.server_role, (
            SELECT coalesce(json_agg(b.blocked ORDER BY b.at, b.blocked), '[]')
            FROM blocks b WHERE b.blocker = u.id) AS blocks
          FROM users u WHERE u.id = $1::uuid AND u.erased_at IS NULL) r`,
        [userId],
      )
      return row && toMe(row, row.blocks)
    },
    searchUsers: (page) => people(page, { columns, item: toUser }),
    accounts: (page) => people(page, { columns: accountColumns, item: toAccount }),
    async accountsOf(ids) {
      const rows = await postgres.ask<AccountColumns[]>(
        `SELECT json_agg(r ORDER BY r.place) AS answer FROM (
          SELECT ids.place, ${accountColumns} FROM unnest($1::uuid[]) WITH ORDINALITY ids(id, place)
          JOIN users u ON u.id = ids.id WHERE u.erased_at IS NULL) r`,
        [uuids(new Set(ids))],
      )
      return (rows ?? []).map(toAccount)
    },
    async shutOut({ how, from, limit }) {
      const at = shutOutColumns[how]
      const rows = await postgres.ask<ShutOut[]>(
        `SELECT json_agg(r) AS answer FROM (
          SELECT id AS "userId", ${at} AS at FROM users
          WHERE ${at} IS NOT NULL AND (${at}, id) > ($1::bigint, $2::uuid)
          ORDER BY ${at}, id LIMIT $3::bigint) r`,
        [from.at, from.userId ?? leastUuid, limit],
      )
      return rows ?? []
    },
    sharing: (userId, others) => those(userId, others, share('o.id', '$1::uuid')),
    mutual: (userId, others) =>
      those(userId, others, `${share('o.id', '$1::uuid')} AND NOT ${isBlocked('o.id', '$1::uuid')}`),
    async presences(ids) {
      const kept = await postgres.ask<KeptPresence[]>(
        `SELECT json_agg(json_build_object('userId', p.user_id, 'lastSeenAt', p.last_seen_at,
            'chosen', p.chosen) ORDER BY ids.place) AS answer
          FROM unnest($1::uuid[]) WITH ORDINALITY ids(id, place) JOIN presences p ON p.user_id = ids.id`,
        [uuids(ids)],
      )
      return kept ?? []
    },
    async revs(userId) {
      const found = await postgres.ask<{ userRev: number; meRev: number }>(
        `SELECT json_build_object('userRev', user_rev, 'meRev', me_rev) AS answer
          FROM users WHERE id = $1::uuid`,
        [userId],
      )
      return found ?? { userRev: 0, meRev: 0 }
    },
    async userRevs(ids) {
      const found = await postgres.ask<{ id: UserId; userRev: number }[]>(
        `SELECT json_agg(json_build_object('id', u.id, 'userRev', u.user_rev) ORDER BY ids.place) AS answer
          FROM unnest($1::uuid[]) WITH ORDINALITY ids(id, place) JOIN users u ON u.id = ids.id`,
        [uuids(ids)],
      )
      return new Map((found ?? []).map(({ id, userRev }) => [id, userRev]))
    },
    /** What is a user's own, as the latest row of each thing. */
    async userChanges(userId, after) {
      const found = await postgres.ask<{ userRev: number; changes: UserChange[] }>(
        `SELECT json_build_object('userRev', u.user_rev, 'changes', (
            SELECT coalesce(json_agg(o.change ORDER BY o.rev), '[]') FROM (
              SELECT s.user_rev AS rev, json_build_object('change', 'conversation', 'userId', u.id,
                'userRev', s.user_rev, 'conversationId', s.conversation) AS change
              FROM memberships s JOIN conversations c ON c.id = s.conversation
              WHERE s.user_id = u.id AND s.user_rev > $2::bigint
              UNION ALL
              SELECT d.user_rev, json_build_object('change', 'removed', 'userId', u.id,
                'userRev', d.user_rev, 'conversationId', d.conversation)
              FROM departures d WHERE d.user_id = u.id AND d.user_rev > $2::bigint
              UNION ALL
              SELECT u.me_rev, json_build_object('change', 'me', 'userId', u.id, 'userRev', u.me_rev,
                'profile', false) WHERE u.me_rev > $2::bigint) o)) AS answer
          FROM users u WHERE u.id = $1::uuid`,
        [userId, after],
      )
      return found ?? { userRev: 0, changes: [] }
    },
    async changedSince(userId, since) {
      const rows = await postgres.ask<ChangedRows>(selectChanges, [userId, since, receiptMembers])
      return changesOf(rows ?? { moves: [], people: [], before: null })
    },
  }
}

const moved = `SELECT c.id AS "conversationId", m.user_id AS "userId", m.read_seq AS "readSeq",
    m.read_at AS "readAt", m.delivered_seq AS "deliveredSeq", m.delivered_at AS "deliveredAt",
    greatest(m.read_at, m.delivered_at) AS "changedAt"
  FROM memberships mine
  JOIN conversations c ON c.id = mine.conversation AND c.cursors_at >= $2::bigint
  JOIN members m ON m.conversation = c.id AND (m.read_at >= $2::bigint OR m.delivered_at >= $2::bigint)`

/** Of a large conversation only the user's own row is looked at, however many members it has. */
const selectChanges = `
  WITH beyond AS (
    SELECT greatest(updated_at, $2::bigint + 1) AS at FROM users WHERE updated_at >= $2::bigint
    ORDER BY updated_at OFFSET ${peopleLookedAtMax} LIMIT 1)
  SELECT json_build_object(
    'before', (SELECT at FROM beyond),
    'moves', (SELECT coalesce(json_agg(r ORDER BY r."changedAt"), '[]') FROM (
      SELECT * FROM (
        ${moved} WHERE mine.user_id = $1::uuid AND c.member_count <= $3::bigint
        UNION ALL
        ${moved} AND m.user_id = $1::uuid WHERE mine.user_id = $1::uuid AND c.member_count > $3::bigint) all_moves
      ORDER BY "changedAt" LIMIT ${changesMax}) r),
    'people', (SELECT coalesce(json_agg(r ORDER BY r.updated_at), '[]') FROM (
      SELECT ${columns} FROM users u
      WHERE u.updated_at >= $2::bigint AND u.updated_at < coalesce((SELECT at FROM beyond), ${Number.MAX_SAFE_INTEGER})
        AND u.id <> $1::uuid AND ${share('u.id', '$1::uuid')}
      ORDER BY u.updated_at LIMIT ${changesMax}) r)) AS answer`
