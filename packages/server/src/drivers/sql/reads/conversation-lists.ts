import type { Database, SQLQueryBindings } from 'bun:sqlite'
import type { Conversation } from '@confab/protocol/conversation'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { List, ListPage } from '../../../ports/store.ts'
import { encodeCursor, parseCursor } from '../cursor.ts'
import { searchText } from '../search-text.ts'
import type { ReadConversations } from './conversations.ts'

/** Not joined with users: that is planned anew at each call, and takes half as long again. */
const membershipsOf = `members m JOIN conversations c ON c.num = m.conversation
  WHERE m.user = (SELECT num FROM users WHERE id = ?)`

interface MembershipRow {
  conversationId: ConversationId
  head: number
  userRev: number
}

/** All of a user's, so bounded by what one person joins. */
export const readMemberships = (database: Database, userId: UserId): MembershipRow[] =>
  database
    .query<MembershipRow, [string]>(
      `SELECT c.id AS conversationId, c.head, m.user_rev AS userRev FROM ${membershipsOf}
        ORDER BY c.active_at DESC, c.num DESC`,
    )
    .all(userId)

/**
 * A user's conversations, latest activity first. One that gains activity between pages is not shown again.
 */
export function listConversations(
  database: Database,
  conversations: ReadConversations,
  { viewerId, cursor, limit }: ListPage & { viewerId: UserId },
): List<Conversation> {
  const after = parseCursor(z.tuple([z.int(), z.int()]), cursor) ?? []
  const select = database.query<{ id: ConversationId; activeAt: number; num: number }, SQLQueryBindings[]>(
    `SELECT c.id, c.active_at AS activeAt, c.num FROM ${membershipsOf}
      ${after.length > 0 ? 'AND (c.active_at, c.num) < (?, ?)' : ''}
      ORDER BY c.active_at DESC, c.num DESC LIMIT ?`,
  )
  const rows = select.all(viewerId, ...after, limit + 1)
  return seenBy(viewerId, conversations, { rows, limit, keys: (row) => [row.activeAt, row.num] })
}

/** Public channels, those of many members first, then by name. */
export function listChannels(
  database: Database,
  conversations: ReadConversations,
  { viewerId, query, cursor, limit }: ListPage & { viewerId: UserId; query: string },
): List<Conversation> {
  const wanted = searchText(query)
  const after = parseCursor(z.tuple([z.int(), z.string(), z.int()]), cursor)
  const select = database.query<
    { id: ConversationId; memberCount: number; name: string | null; num: number },
    SQLQueryBindings[]
  >(
    `SELECT id, member_count AS memberCount, name, num FROM conversations WHERE visibility = 'public'
      ${wanted === '' ? '' : 'AND instr(search_text, ?) > 0'}
      ${after ? 'AND (member_count < ? OR member_count = ? AND (name, num) > (?, ?))' : ''}
      ORDER BY member_count DESC, name, num LIMIT ?`,
  )
  const values = [...(wanted === '' ? [] : [wanted]), ...(after ? [after[0], ...after] : [])]
  const rows = select.all(...values, limit + 1)
  return seenBy(viewerId, conversations, {
    rows,
    limit,
    keys: (row) => [row.memberCount, row.name, row.num],
  })
}

/** The page's conversations as the viewer sees them, all in one go. */
function seenBy<Row extends { id: ConversationId }>(
  viewerId: UserId,
  conversations: ReadConversations,
  { rows, limit, keys }: { rows: Row[]; limit: number; keys: (row: Row) => (string | number | null)[] },
): List<Conversation> {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const items = conversations({ ids: page.map(({ id }) => id), viewerId })
  return { items, next: rows.length > limit && last ? encodeCursor(keys(last)) : null }
}
