import type { Database } from 'bun:sqlite'
import { Refusal } from '@confab/protocol/refusal'
import type { ChangeServerRole, ChangeSuspension, Committed } from '../../../ports/writes.ts'
import { nothingNew } from './committed.ts'
import type { UserRow } from './users.ts'
import type { WriteTools } from './write-tools.ts'

/** What one administrator does to another's account; to oneself only as long as there is another one. */
export function prepareChangeAccount(database: Database, { users, revs }: WriteTools) {
  const others = database.prepare<unknown, [number]>(`
    SELECT 1 FROM users WHERE server_role = 'admin' AND suspended_at IS NULL AND erased_at IS NULL
      AND num <> ? LIMIT 1`)
  const setRole = database.prepare<never, [number, string]>(
    'UPDATE users SET server_role = ?2 WHERE num = ?1',
  )
  const suspend = database.prepare<never, (number | string | null)[]>(
    'UPDATE users SET suspended_at = ?2, suspended_by = ?3, suspended_reason = ?4 WHERE num = ?1',
  )

  function find({ actorId, userId }: ChangeServerRole | ChangeSuspension): UserRow {
    users.requireAdministrator(actorId)
    const user = users.find(userId)
    if (!user) throw new Refusal('not_found', { detail: 'there is no such user' })
    return user
  }

  function requireAnother({ num, serverRole, suspendedAt }: UserRow): void {
    if (serverRole === 'admin' && suspendedAt === null && others.get(num) === null)
      throw new Refusal('conflict', { detail: 'This is the only administrator: make another one first' })
  }

  return {
    role(write: ChangeServerRole): Committed {
      const user = find(write)
      if (user.serverRole === write.role) return nothingNew
      if (write.role === 'member') requireAnother(user)
      setRole.run(user.num, write.role)
      const userRev = revs.nextMe(user.num)
      const change = { change: 'me', userId: write.userId, userRev, profile: false } as const
      return { ...nothingNew, fresh: true, userChanges: [change] }
    },

    suspension(write: ChangeSuspension): Committed {
      const user = find(write)
      const { actorId, at, reason } = write
      if (reason === null) {
        if (user.suspendedAt === null) return nothingNew
        suspend.run(user.num, null, null, null)
        return { ...nothingNew, fresh: true }
      }
      if (user.suspendedAt !== null) return nothingNew
      if (actorId === write.userId) throw new Refusal('conflict', { detail: 'Nobody suspends themselves' })
      requireAnother(user)
      suspend.run(user.num, at, actorId, reason)
      return { ...nothingNew, fresh: true }
    },
  }
}
