import type { Database, SQLQueryBindings } from 'bun:sqlite'
import type { UserId } from '@confab/protocol/ids'
import type { Me, ServerRole, User } from '@confab/protocol/user'
import { z } from 'zod'
import type { List, ListPage } from '../../../ports/store.ts'
import { pageOf, parseCursor } from '../cursor.ts'
import { iso } from '../iso.ts'
import { searchText } from '../search-text.ts'
import type { Blocks } from './blocks.ts'

export interface UserColumns {
  id: UserId
  name: string
  handle: string
  bio: string
  created_at: number
  updated_at: number
}

export const userColumns = ['id', 'name', 'handle', 'bio', 'created_at', 'updated_at'] as const

export const toUser = (row: UserColumns): User => ({
  id: row.id,
  name: row.name,
  handle: row.handle,
  avatarUrl: null,
  bio: row.bio,
  createdAt: iso(row.created_at),
  updatedAt: iso(row.updated_at),
})

/** In the order of the ids; who isn't known is left out. */
export function readUsers(database: Database, ids: readonly UserId[]): User[] {
  if (ids.length === 0) return []
  const select = database.query<UserColumns, [string]>(
    `SELECT ${userColumns} FROM users WHERE id IN (SELECT value FROM json_each(?))`,
  )
  const byId = new Map(select.all(JSON.stringify(ids)).map((row) => [row.id, toUser(row)]))
  return [...new Set(ids)].flatMap((id) => byId.get(id) ?? [])
}

export interface MeColumns extends UserColumns {
  locale: string | null
  timezone: string | null
  settings: string
  server_role: ServerRole
}

export const toMe = (row: MeColumns, blocks: UserId[]): Omit<Me, 'email'> => ({
  ...toUser(row),
  locale: row.locale,
  timezone: row.timezone,
  settings: settings.parse(JSON.parse(row.settings)),
  blocks,
  serverRole: row.server_role,
})

const settings = z.record(z.string(), z.unknown())

export function readMe(database: Database, blocks: Blocks, userId: UserId): Omit<Me, 'email'> | undefined {
  const select = database.query<MeColumns, [string]>(
    `SELECT ${userColumns}, locale, timezone, settings, server_role FROM users
      WHERE id = ? AND erased_at IS NULL`,
  )
  const row = select.get(userId)
  return row ? toMe(row, blocks.by(userId)) : undefined
}

const noRevs = { userRev: 0, meRev: 0 }

/** How often what is the user's own has changed, and at which of these the profile or settings last did. */
export function readRevs(database: Database, userId: UserId): { userRev: number; meRev: number } {
  const select = database.query<typeof noRevs, [string]>(
    'SELECT user_rev AS userRev, me_rev AS meRev FROM users WHERE id = ?',
  )
  return select.get(userId) ?? noRevs
}

/** From so many on, the directory is walked by name until a page is full, instead of sorting all who fit. */
const manyFit = 500

/** By name. The words' index answers with those who fit; without a query it is the whole directory. */
export const searchUsers = (database: Database, page: ListPage & { query: string }): List<User> =>
  peoplePage<UserColumns, User>(database, page, { columns: userColumns, conditions: [], item: toUser })

/** A page of those people who meet the conditions, as far as they fit the words. */
export function peoplePage<Row, Item>(
  database: Database,
  { query, cursor, limit }: ListPage & { query: string },
  {
    columns,
    conditions,
    item,
  }: { columns: readonly string[]; conditions: Condition[]; item: (row: Row) => Item },
): List<Item> {
  const all: Condition[] = [{ text: 'erased_at IS NULL', values: [] }, ...conditions]
  const wanted = searchText(query)
  if (wanted !== '') all.push(whoFits(database, wanted))
  const after = parseCursor(z.tuple([z.string(), z.int()]), cursor)
  if (after) all.push({ text: '(sort_name, num) > (?, ?)', values: after })
  const select = database.query<Row & { num: number; sort_name: string }, SQLQueryBindings[]>(
    `SELECT ${columns}, num, sort_name FROM users WHERE ${all.map(({ text }) => text).join(' AND ')}
      ORDER BY sort_name, num LIMIT ?`,
  )
  const rows = select.all(...all.flatMap(({ values }) => values), limit + 1)
  return pageOf(rows, { limit, keys: (row) => [row.sort_name, row.num], item })
}

/** What a row must meet, and the values in the places of its question marks. */
export interface Condition {
  text: string
  values: (string | number)[]
}

function whoFits(database: Database, wanted: string): Condition {
  const words = 'SELECT user FROM user_words WHERE word >= ? AND word < ?'
  const values = [wanted, `${wanted}\u{10ffff}`]
  const found = database.query<unknown, SQLQueryBindings[]>(`${words} LIMIT ?`).all(...values, manyFit)
  const text = found.length === manyFit ? `EXISTS (${words} AND user = users.num)` : `num IN (${words})`
  return { text, values }
}
