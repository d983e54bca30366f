import type { UserId } from '@confab/protocol/ids'
import type { Statements } from './statements.ts'

/** For tests: a user who is suspended, straight into the tables. */
export async function addSuspended(statements: Statements, id: UserId): Promise<void> {
  await statements.change(
    `INSERT INTO users (id, name, sort_name, handle, created_at, updated_at, server_role, suspended_at)
      VALUES (?1, 'Suspended', 'suspended', 'suspended', 1, 1, 'admin', 1)`,
    [id],
  )
}
