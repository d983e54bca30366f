import type { Database } from 'bun:sqlite'
import type { UserId } from '@confab/protocol/ids'
import type { KeptPresence } from '../../../ports/writes.ts'

export function prepareReadPresences(database: Database): (ids: readonly UserId[]) => KeptPresence[] {
  const select = database.prepare<KeptPresence, [string]>(
    `
    SELECT u.id AS userId, p.last_seen_at AS lastSeenAt, p.chosen
    FROM json_each(?1) ids JOIN users u ON u.id = ids.value JOIN presences p ON p.user = u.num`,
  )
  return (ids) => select.all(JSON.stringify(ids))
}
