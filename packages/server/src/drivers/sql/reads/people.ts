import type { Database } from 'bun:sqlite'
import type { UserId } from '@confab/protocol/ids'
import type { Me, ServerRole, User } from '@confab/protocol/user'
import { sql as raw, type SelectQueryBuilder } from 'kysely'
import { z } from 'zod'
import type { List, ListPage } from '../../../ports/store.ts'
import { pageOf, parseCursor } from '../cursor.ts'
import { anyone, compileOnce, readAll, sql } from '../dialect.ts'
import { iso } from '../iso.ts'
import { searchText } from '../search-text.ts'
import type { Tables } from '../tables.ts'
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
  const rows = readAll(database, sql.selectFrom('users').select(userColumns).where('id', 'in', ids))
  const byId = new Map(rows.map((row) => [row.id, toUser(row)]))
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
  const [row] = readAll(
    database,
    sql
      .selectFrom('users')
      .select([...userColumns, 'locale', 'timezone', 'settings', 'server_role'])
      .where('id', '=', userId)
      .where('erased_at', 'is', null),
  )
  return row && toMe(row, blocks.by(userId))
}

const revsOf = (id: UserId) => sql.selectFrom('users').select(['user_rev', 'me_rev']).where('id', '=', id)
const readRevsOf = compileOnce(revsOf(anyone))

/** How often what is the user's own has changed, and at which of these the profile or settings last did. */
export function readRevs(database: Database, userId: UserId): { userRev: number; meRev: number } {
  const [row] = readRevsOf(database, userId)
  return { userRev: row?.user_rev ?? 0, meRev: row?.me_rev ?? 0 }
}

/** From so many on, the directory is walked by name until a page is full, instead of sorting all who fit. */
const manyFit = 500

/** By name. The words' index answers with those who fit; without a query it is the whole directory. */
export const searchUsers = (database: Database, page: ListPage & { query: string }): List<User> =>
  peoplePage(database, sql.selectFrom('users').select([...userColumns, 'num', 'sort_name']), {
    ...page,
    item: toUser,
  })

/** A page of those people whom a query selects, as far as they fit the words. */
export function peoplePage<Row extends { num: number; sort_name: string }, Item>(
  database: Database,
  selected: SelectQueryBuilder<Tables, 'users', Row>,
  { query, cursor, limit, item }: ListPage & { query: string; item: (row: Row) => Item },
): List<Item> {
  const wanted = searchText(query)
  const after = parseCursor(z.tuple([z.string(), z.int()]), cursor)
  let people = selected.where('erased_at', 'is', null)
  if (wanted !== '') {
    const words = sql
      .selectFrom('user_words')
      .select('user')
      .where('word', '>=', wanted)
      .where('word', '<', `${wanted}\u{10ffff}`)
    const many = readAll(database, words.limit(manyFit)).length === manyFit
    people = many
      ? people.where(({ exists }) => exists(words.whereRef('user', '=', raw.ref('users.num'))))
      : people.where('num', 'in', words)
  }
  if (after) {
    const [name, num] = after
    people = people.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('sort_name', 'num'), '>', tuple(name, num)),
    )
  }
  const rows = readAll(
    database,
    people
      .orderBy('sort_name')
      .orderBy('num')
      .limit(limit + 1),
  )
  return pageOf(rows, { limit, keys: (row) => [row.sort_name, row.num], item })
}
