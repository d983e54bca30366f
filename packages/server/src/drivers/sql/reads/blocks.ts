import type { Database } from 'bun:sqlite'
import type { UserId } from '@confab/protocol/ids'
import { plannedOnce } from '../planned-once.ts'

/** Between whom a block stands, whichever of the two has set it. */
export interface Blocks {
  /** Those of `others` whom the user has blocked or who have blocked the user. */
  between(userId: UserId, others: readonly UserId[]): Set<UserId>
  /** Whether one has blocked the other. */
  has(blocker: UserId, blocked: UserId): boolean
  /** Whom the user has blocked, the first one first. */
  by(userId: UserId): UserId[]
}

export function prepareBlocks(database: Database): Blocks {
  const between = database.prepare<{ id: UserId }, [string]>(
    plannedOnce(`
    SELECT other.id FROM users me JOIN blocks b ON b.blocker = me.num JOIN users other ON other.num = b.blocked
    WHERE me.id = ?1
    UNION SELECT other.id FROM users me JOIN blocks b ON b.blocked = me.num JOIN users other ON other.num = b.blocker
    WHERE me.id = ?1`),
  )
  const by = database.prepare<{ id: UserId }, [string]>(
    plannedOnce(`
    SELECT other.id FROM users me JOIN blocks b ON b.blocker = me.num JOIN users other ON other.num = b.blocked
    WHERE me.id = ? ORDER BY b.at, other.num`),
  )
  const has = database.prepare<unknown, [string, string]>(`
    SELECT 1 FROM blocks
    WHERE blocker = (SELECT num FROM users WHERE id = ?) AND blocked = (SELECT num FROM users WHERE id = ?)`)
  return {
    between(userId, others) {
      const all = new Set(between.all(userId).map(({ id }) => id))
      return new Set(others.filter((other) => all.has(other)))
    },
    has: (blocker, blocked) => has.get(blocker, blocked) !== null,
    by: (userId) => by.all(userId).map(({ id }) => id),
  }
}
