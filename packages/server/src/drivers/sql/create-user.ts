import type { Database } from 'bun:sqlite'
import type { UserId } from '@confab/protocol/ids'
import { everybodysHandle } from '@confab/protocol/user'
import { assert } from '../../lib/assert.ts'
import { searchText } from './search-text.ts'
import { inTransaction } from './transaction.ts'
import { prepareIndexUser } from './writes/user-words.ts'

export type CreateUser = (user: { id: UserId; name: string; handle: string; at: number }) => void

const handleCharsMax = 32
/** Beside the wished one; after these the handle is made unique by the user's own id. */
const numberedHandles = 20

export function prepareCreateUser(database: Database): CreateUser {
  const exists = database.prepare<unknown, [string]>('SELECT 1 FROM users WHERE id = ?')
  const taken = database.prepare<unknown, [string]>('SELECT 1 FROM users WHERE handle = ?')
  const insert = database.prepare<{ num: number }, (string | number)[]>(
    // Whoever comes first runs the installation, whatever becomes of them later.
    `INSERT INTO users (id, name, sort_name, handle, created_at, updated_at, server_role)
      VALUES (?1, ?2, ?3, ?4, ?5, ?5, iif((SELECT max(num) FROM users) = 0, 'admin', 'member')) RETURNING num`,
  )
  const index = prepareIndexUser(database)

  return ({ id, name, handle: wish, at }) => {
    inTransaction(database, () => {
      if (exists.get(id) !== null) return
      const handle = handlesFor(wish, id).find((one) => taken.get(one) === null)
      assert(handle, `${id}: no handle of theirs is free`)
      const row = insert.get(id, name, searchText(name), handle, at)
      if (row) index(row.num, { name, handle })
    })
  }
}

/** Handles after a wish, the first that is free to be taken; the last is free in any case. */
export function handlesFor(wish: string, id: UserId): string[] {
  const base = handleFrom(wish)
  const numbered = Array.from({ length: numberedHandles - 1 }, (_, index) => withSuffix(base, `${index + 2}`))
  const all = [base, ...numbered, withSuffix(base, `_${id.slice(-12)}`)]
  return all.filter((handle) => handle !== everybodysHandle)
}

/** The nearest to a wish that a handle can be. */
export function handleFrom(wish: string): string {
  const plain = searchText(wish)
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, handleCharsMax)
  return plain.length >= 2 ? plain : withSuffix('user', plain)
}

const withSuffix = (base: string, suffix: string) =>
  `${base.slice(0, handleCharsMax - suffix.length)}${suffix}`
