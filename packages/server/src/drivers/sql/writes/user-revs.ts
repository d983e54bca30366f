import type { Database } from 'bun:sqlite'
import { assert } from '../../../lib/assert.ts'

export interface UserRevs {
  /** Counts a change of what is a user's own, and answers its rev. */
  next(user: number): number
  /** The same, for a change of their profile or settings. */
  nextMe(user: number): number
}

export function prepareUserRevs(database: Database): UserRevs {
  const next = database.prepare<{ rev: number }, [number]>(
    'UPDATE users SET user_rev = user_rev + 1 WHERE num = ? RETURNING user_rev AS rev',
  )
  const nextMe = database.prepare<{ rev: number }, [number]>(
    'UPDATE users SET user_rev = user_rev + 1, me_rev = user_rev + 1 WHERE num = ? RETURNING user_rev AS rev',
  )
  const count = (statement: typeof next, user: number) => {
    const row = statement.get(user)
    assert(row, `user ${user} has no row`)
    return row.rev
  }
  return { next: (user) => count(next, user), nextMe: (user) => count(nextMe, user) }
}
