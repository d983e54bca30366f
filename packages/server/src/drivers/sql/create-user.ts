import type { Database } from 'bun:sqlite'
import type { UserId } from '@confab/protocol/ids'
import { everybodysHandle } from '@confab/protocol/user'
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

  function freeHandle(wish: string, id: UserId): string {
    const base = handleFrom(wish)
    for (let number = 1; number <= numberedHandles; number++) {
      const handle = number === 1 ? base : withSuffix(base, `${number}`)
      if (handle !== everybodysHandle && taken.get(handle) === null) return handle
    }
    return withSuffix(base, `_${id.slice(-12)}`)
  }

  return ({ id, name, handle: wish, at }) => {
    inTransaction(database, () => {
      if (exists.get(id) !== null) return
      const handle = freeHandle(wish, id)
      const row = insert.get(id, name, searchText(name), handle, at)
      if (row) index(row.num, { name, handle })
    })
  }
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
