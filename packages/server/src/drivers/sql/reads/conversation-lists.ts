import type { Database } from 'bun:sqlite'
import type { Conversation } from '@confab/protocol/conversation'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { sql as raw } from 'kysely'
import { z } from 'zod'
import type { List, ListPage } from '../../../ports/store.ts'
import { encodeCursor, parseCursor } from '../cursor.ts'
import { anyone, compileOnce, readAll, sql } from '../dialect.ts'
import { searchText } from '../search-text.ts'
import type { ReadConversations } from './conversations.ts'

const membershipsOf = (id: UserId) =>
  sql
    .selectFrom('members as m')
    .innerJoin('conversations as c', 'c.num', 'm.conversation')
    // Not joined with: that is planned anew at each call, and takes half as long again.
    .where('m.user', '=', (from) => from.selectFrom('users').select('num').where('id', '=', id))
    .orderBy('c.active_at', 'desc')
    .orderBy('c.num', 'desc')

/** All of a user's, so bounded by what one person joins. */
export const readMemberships: (
  database: Database,
  userId: UserId,
) => { conversationId: ConversationId; head: number; userRev: number }[] = compileOnce(
  membershipsOf(anyone).select(['c.id as conversationId', 'c.head', 'm.user_rev as userRev']),
)

/**
 * A user's conversations, latest activity first. One that gains activity between pages is not shown again.
 */
export function listConversations(
  database: Database,
  conversations: ReadConversations,
  { viewerId, cursor, limit }: ListPage & { viewerId: UserId },
): List<Conversation> {
  const after = parseCursor(z.tuple([z.int(), z.int()]), cursor)
  let mine = membershipsOf(viewerId).select(['c.id', 'c.active_at', 'c.num'])
  if (after) {
    const [activeAt, num] = after
    mine = mine.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('c.active_at', 'c.num'), '<', tuple(activeAt, num)),
    )
  }
  const rows = readAll(database, mine.limit(limit + 1))
  return seenBy(viewerId, conversations, { rows, limit, keys: (row) => [row.active_at, row.num] })
}

/** Public channels, those of many members first, then by name. */
export function listChannels(
  database: Database,
  conversations: ReadConversations,
  { viewerId, query, cursor, limit }: ListPage & { viewerId: UserId; query: string },
): List<Conversation> {
  const wanted = searchText(query)
  const after = parseCursor(z.tuple([z.int(), z.string(), z.int()]), cursor)
  let channels = sql
    .selectFrom('conversations')
    .select(['id', 'member_count', 'name', 'num'])
    .where('visibility', '=', raw.lit('public'))
    .orderBy('member_count', 'desc')
    .orderBy('name')
    .orderBy('num')
  if (wanted !== '') channels = channels.where(raw<number>`instr(search_text, ${wanted})`, '>', 0)
  if (after) {
    const [memberCount, name, num] = after
    channels = channels.where(({ eb, refTuple, tuple }) =>
      eb.or([
        eb('member_count', '<', memberCount),
        eb.and([eb('member_count', '=', memberCount), eb(refTuple('name', 'num'), '>', tuple(name, num))]),
      ]),
    )
  }
  const rows = readAll(database, channels.limit(limit + 1))
  return seenBy(viewerId, conversations, {
    rows,
    limit,
    keys: (row) => [row.member_count, row.name, row.num],
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
