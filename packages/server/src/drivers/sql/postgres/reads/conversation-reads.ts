import type { Role } from '@confab/protocol/conversation'
import { type ConversationId, conversationId, type UserId } from '@confab/protocol/ids'
import { conversationMembersShown, type Limits } from '@confab/protocol/limits'
import type { Reaction } from '@confab/protocol/message'
import { z } from 'zod'
import type { List, Standing, Store } from '../../../../ports/store.ts'
import { encodeCursor, parseCursor } from '../../cursor.ts'
import { type ConversationRow, toConversation } from '../../reads/conversations.ts'
import { dueOf } from '../../reads/due.ts'
import { type MemberRow, toMember } from '../../reads/members.ts'
import { type MessageRow, toMessage } from '../../reads/message-row.ts'
import { parsePermissions } from '../../reads/permissions.ts'
import { searchText } from '../../search-text.ts'
import type { TextSeal } from '../../text-seal.ts'
import type { Postgres, Value } from '../connection.ts'
import { messageColumnsFor } from '../message-columns.ts'
import { uuids } from '../uuids.ts'
import { memberColumns } from './member-reads.ts'

type Row = ConversationRow & {
  lastMessage: (MessageRow & { reactions: Reaction[] }) | null
  members: MemberRow[]
}

type Reads = Pick<
  Store,
  'conversations' | 'conversationList' | 'channels' | 'memberships' | 'standing' | 'heads' | 'dueForExpiry'
>

/** Conversations and lists of them, as their viewers see them. `lineage` is an expression of SQL. */
export function conversationReads(
  postgres: Postgres,
  {
    limits: { receiptMembers },
    texts,
    lineage,
  }: { limits: Pick<Limits, 'receiptMembers'>; texts: TextSeal; lineage: string },
): Reads {
  const conversations: Store['conversations'] = async ({ ids, viewerId }) => {
    if (ids.length === 0) return []
    const rows = await postgres.ask<Row[]>(selectConversations, [uuids(new Set(ids)), viewerId])
    return (rows ?? []).map(({ lastMessage, members, ...row }) => {
      const cursorsShown = row.role !== null && row.memberCount <= receiptMembers
      return toConversation(texts, viewerId, row, {
        lastMessage: lastMessage && toMessage(texts, row.id, lastMessage, lastMessage.reactions),
        members: members.map((member) => toMember(member, { cursorsShown })),
      })
    })
  }

  /** The page's conversations as the viewer sees them. */
  async function page(
    select: string,
    values: Value[],
    { viewerId, limit }: { viewerId: UserId; limit: number },
  ): ReturnType<Store['channels']> {
    const rows = await postgres.ask<{ id: ConversationId; keys: (string | number)[] }[]>(select, values)
    const shown = (rows ?? []).slice(0, limit)
    const last = shown.at(-1)
    const items = await conversations({ ids: shown.map(({ id }) => id), viewerId })
    const next = (rows ?? []).length > limit && last ? encodeCursor(last.keys) : null
    return { items, next } satisfies List<unknown>
  }

  return {
    conversations,
    async standing(id, userId) {
      const found = await postgres.ask<
        Omit<Standing, 'role' | 'permissions'> & { role: Role | null; permissions: string | null }
      >(
        `SELECT json_build_object('kind', c.kind, 'visibility', c.visibility, 'head', c.head, 'lineage', ${lineage},
            'memberCount', c.member_count, 'shut', c.shut = 1,
            'permissions', c.permissions, 'role', m.role) AS answer
          FROM conversations c LEFT JOIN members m ON m.conversation = c.id AND m.user_id = $2::uuid
          WHERE c.id = $1::uuid`,
        [id, userId],
      )
      if (!found) return undefined
      return { ...found, permissions: parsePermissions(found.permissions), role: found.role ?? undefined }
    },
    async heads(ids) {
      const heads = await postgres.ask<Record<ConversationId, number>>(
        'SELECT json_object_agg(id, head) AS answer FROM conversations WHERE id = ANY($1::uuid[])',
        [uuids(ids)],
      )
      return new Map(ids.flatMap((id) => (heads?.[id] === undefined ? [] : [[id, heads[id]] as const])))
    },
    /** A walk along the conversations, each with one seek to its oldest message that is left. */
    async dueForExpiry({ now, serverDays, after, limit }) {
      type Row = { num: number; id: ConversationId; days: number | null; oldestAt: number | null }
      const own = serverDays === null ? 'AND c.retention_days IS NOT NULL' : ''
      const rows = await postgres.ask<Row[]>(
        `SELECT json_agg(r) AS answer FROM (
          SELECT c.num, c.id, least(c.retention_days, $3::bigint) AS days, (
            SELECT m.at FROM messages m WHERE m.conversation = c.id AND m.seq > c.expired_seq
            ORDER BY m.seq LIMIT 1) AS "oldestAt"
          FROM conversations c WHERE c.num > $1::bigint ${own} ORDER BY c.num LIMIT $2::bigint) r`,
        [after ?? 0, limit, serverDays],
      )
      return dueOf(rows ?? [], { now, limit })
    },
    async memberships(userId) {
      const all = await postgres.ask<Awaited<ReturnType<Store['memberships']>>>(
        `SELECT json_agg(r) AS answer FROM (
          SELECT c.id AS "conversationId", c.head, s.user_rev AS "userRev"
          FROM memberships s JOIN conversations c ON c.id = s.conversation
          WHERE s.user_id = $1::uuid ORDER BY c.active_at DESC, c.id DESC) r`,
        [userId],
      )
      return all ?? []
    },
    /** Latest activity first. One that gains activity between pages is not shown again. */
    async conversationList({ viewerId, cursor, limit }) {
      const [activeAt, id] = parseCursor(z.tuple([z.int(), conversationId]), cursor) ?? [null, null]
      const values = [viewerId, activeAt, id, limit + 1]
      return page(
        `SELECT json_agg(r) AS answer FROM (
          SELECT c.id, json_build_array(c.active_at, c.id) AS keys
          FROM memberships s JOIN conversations c ON c.id = s.conversation
          WHERE s.user_id = $1::uuid
            AND ($2::bigint IS NULL OR (c.active_at, c.id) < ($2::bigint, $3::uuid))
          ORDER BY c.active_at DESC, c.id DESC LIMIT $4::bigint) r`,
        values,
        { viewerId, limit },
      )
    },
    /** Those of many members first, then by name. */
    async channels({ viewerId, query, cursor, limit }) {
      const keys = z.tuple([z.int(), z.string(), conversationId])
      const [memberCount, name, id] = parseCursor(keys, cursor) ?? [null, null, null]
      const values = [searchText(query), memberCount, name, id, limit + 1]
      return page(
        `SELECT json_agg(r) AS answer FROM (
          SELECT id, json_build_array(member_count, name, id) AS keys FROM conversations
          WHERE visibility = 'public' AND strpos(search_name || E'\\n' || search_topic, $1::text) > 0
            AND ($2::bigint IS NULL OR member_count < $2::bigint
              OR (member_count = $2::bigint AND (name, id) > ($3::text, $4::uuid)))
          ORDER BY member_count DESC, name, id LIMIT $5::bigint) r`,
        values,
        { viewerId, limit },
      )
    },
  }
}

/**
 * In the order of the ids. Private ones are hidden from who is no member, messages of a public channel, too.
 */
const selectConversations = `
  SELECT json_agg(r ORDER BY r.place) AS answer FROM (
    SELECT ids.place, c.id, c.kind, c.name, c.topic, c.visibility, c.permissions,
      c.retention_days AS "retentionDays",
      c.created_at AS "createdAt",
      c.last_at AS "lastAt", c.head, c.last_ordinal AS "lastOrdinal", c.member_count AS "memberCount",
      me.role, me.read_seq AS "readSeq", me.read_ordinal AS "readOrdinal", me.muted, me.pinned, me.notify,
      me.hidden, me.marked_unread AS "markedUnread", me.draft,
      CASE WHEN me.read_ordinal < c.last_ordinal THEN (
        SELECT count(*) FROM messages d
        WHERE d.conversation = c.id AND d.seq > me.read_seq AND d.deleted_at IS NOT NULL) ELSE 0
        END AS "deletedUnread",
      CASE WHEN me.read_ordinal < c.last_ordinal THEN (
        SELECT count(*) FROM mentions n
        WHERE n.conversation = c.id AND n.user_id = me.user_id AND n.seq > me.read_seq) + (
        SELECT count(*) FROM messages a WHERE a.conversation = c.id AND a.seq > me.read_seq
          AND a.mentions_all AND a.sender <> me.user_id) ELSE 0
        END AS mentions,
      CASE WHEN me.role IS NOT NULL THEN (
        SELECT row_to_json(last) FROM (SELECT ${messageColumnsFor('$2::uuid')} FROM messages m
          WHERE m.conversation = c.id AND m.seq = c.last_message_seq) last) END AS "lastMessage",
      (SELECT coalesce(json_agg(shown ORDER BY shown."joinedSeq"), '[]') FROM (
        SELECT ${memberColumns} FROM members m JOIN users u ON u.id = m.user_id
        WHERE m.conversation = c.id ORDER BY m.joined_seq LIMIT ${conversationMembersShown}) shown) AS members
    FROM unnest($1::uuid[]) WITH ORDINALITY ids(id, place)
    JOIN conversations c ON c.id = ids.id
    LEFT JOIN members me ON me.conversation = c.id AND me.user_id = $2::uuid
    WHERE me.user_id IS NOT NULL OR c.visibility = 'public') r`
