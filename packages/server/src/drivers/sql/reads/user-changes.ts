import type { Database } from 'bun:sqlite'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Store } from '../../../ports/store.ts'
import type { UserChange } from '../../../ports/writes.ts'
import { plannedOnce } from '../planned-once.ts'

export interface ReadUserChanges {
  revs(ids: readonly UserId[]): Map<UserId, number>
  after(userId: UserId, userRev: number): Awaited<ReturnType<Store['userChanges']>>
}

/** What is a user's own, as the latest row of each thing. */
export function prepareReadUserChanges(database: Database): ReadUserChanges {
  const revs = database.prepare<{ id: UserId; userRev: number }, [string]>(
    'SELECT u.id, u.user_rev AS userRev FROM json_each(?) ids JOIN users u ON u.id = ids.value',
  )
  const user = database.prepare<{ num: number; userRev: number; meRev: number }, [string]>(
    'SELECT num, user_rev AS userRev, me_rev AS meRev FROM users WHERE id = ?',
  )
  const memberships = database.prepare<{ id: ConversationId; userRev: number }, [number, number]>(
    plannedOnce(`
    SELECT c.id, m.user_rev AS userRev FROM members m JOIN conversations c ON c.num = m.conversation
    WHERE m.user = ? AND m.user_rev > ?`),
  )
  const departures = database.prepare<{ id: ConversationId; userRev: number }, [number, number]>(
    'SELECT conversation AS id, user_rev AS userRev FROM departures WHERE user = ? AND user_rev > ?',
  )

  return {
    revs: (ids) => new Map(revs.all(JSON.stringify(ids)).map(({ id, userRev }) => [id, userRev])),
    after(userId, known) {
      const found = user.get(userId)
      if (!found) return { userRev: 0, changes: [] }
      const { num, userRev, meRev } = found
      const changes: UserChange[] = [
        ...memberships
          .all(num, known)
          .map((row) => ({ ...about(userId, row), change: 'conversation' }) as const),
        ...departures.all(num, known).map((row) => ({ ...about(userId, row), change: 'removed' }) as const),
      ]
      if (meRev > known) changes.push({ change: 'me', userId, userRev: meRev, profile: false })
      return { userRev, changes: changes.sort((one, other) => one.userRev - other.userRev) }
    },
  }
}

const about = (userId: UserId, { id, userRev }: { id: ConversationId; userRev: number }) => ({
  userId,
  userRev,
  conversationId: id,
})
