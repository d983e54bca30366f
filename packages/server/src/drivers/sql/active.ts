import type { UserId } from '@confab/protocol/ids'
import type { Statements } from './statements.ts'
import { suspended } from './writes/users.ts'

/**
 * That the user whose id is this value is not suspended, as a condition of the write itself: a suspension
 * that comes in between is met. An index holds who is suspended, so few rows are looked at.
 */
export const isActive = (value: string): string =>
  `NOT EXISTS (SELECT 1 FROM users WHERE suspended_at IS NOT NULL AND CAST(id AS text) = ${value})`

/** Refuses `forbidden` to who is suspended: what a write that changed nothing asks for the reason. */
export async function requireActive(statements: Statements, id: UserId): Promise<void> {
  const [active] = await statements.rows(`SELECT 1 AS active WHERE ${isActive('?1')}`, [id])
  if (active === undefined) throw suspended()
}
