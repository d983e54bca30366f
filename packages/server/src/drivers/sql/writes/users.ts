import type { Database } from 'bun:sqlite'
import type { UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { ServerRole } from '@confab/protocol/user'

export interface UserRow {
  num: number
  id: UserId
  name: string
  handle: string
  bio: string
  locale: string | null
  timezone: string | null
  /** JSON of the `settings` of their `Me`. */
  settings: string
  serverRole: ServerRole
  suspendedAt: number | null
}

export interface Users {
  /** A user who has not been erased. */
  find(id: UserId): UserRow | undefined
  /** Refuses `forbidden` to who is suspended: their sessions end, and what was under way comes to nothing. */
  requireActive(id: UserId): void
  /** Refuses `forbidden` to who doesn't run the installation. */
  requireAdministrator(id: UserId): void
  handleTaken(handle: string): boolean
}

export function prepareUsers(database: Database): Users {
  const find = database.prepare<UserRow, [string]>(
    `SELECT num, id, name, handle, bio, locale, timezone, settings, server_role AS serverRole,
      suspended_at AS suspendedAt
      FROM users WHERE id = ? AND erased_at IS NULL`,
  )
  const taken = database.prepare<unknown, [string]>('SELECT 1 FROM users WHERE handle = ?')
  function requireActive(id: UserId): void {
    if (typeof find.get(id)?.suspendedAt === 'number') throw suspended()
  }
  return {
    find: (id) => find.get(id) ?? undefined,
    requireActive,
    requireAdministrator(id) {
      requireActive(id)
      if (find.get(id)?.serverRole !== 'admin')
        throw new Refusal('forbidden', { detail: 'This needs an administrator' })
    },
    handleTaken: (handle) => taken.get(handle) !== null,
  }
}

export const suspended = () => new Refusal('forbidden', { detail: 'This account is suspended' })
