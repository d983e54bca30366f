import type { Database } from 'bun:sqlite'
import type { UserId } from '@confab/protocol/ids'

export interface UserRow {
  num: number
  id: UserId
  name: string
  handle: string
  bio: string
  locale: string | null
  timezone: string | null
}

export interface Users {
  /** A user who has not been erased. */
  find(id: UserId): UserRow | undefined
  handleTaken(handle: string): boolean
}

export function prepareUsers(database: Database): Users {
  const find = database.prepare<UserRow, [string]>(
    'SELECT num, id, name, handle, bio, locale, timezone FROM users WHERE id = ? AND erased_at IS NULL',
  )
  const taken = database.prepare<unknown, [string]>('SELECT 1 FROM users WHERE handle = ?')
  return {
    find: (id) => find.get(id) ?? undefined,
    handleTaken: (handle) => taken.get(handle) !== null,
  }
}
