import type { Database } from 'bun:sqlite'
import type { Committed, KeepPresences } from '../../../ports/writes.ts'
import { nothingNew } from './committed.ts'

export function prepareKeepPresences(database: Database): (write: KeepPresences) => Committed {
  const keep = database.prepare<never, (string | number | null)[]>(`
    INSERT INTO presences (user, last_seen_at, chosen)
      SELECT num, ?2, ?4 FROM users WHERE id = ?1 AND erased_at IS NULL
    ON CONFLICT DO UPDATE SET
      last_seen_at = iif(ifnull(last_seen_at, 0) < ?2, ?2, last_seen_at), chosen = iif(?3, ?4, chosen)`)
  return ({ presences }) => {
    for (const { userId, lastSeenAt = null, chosen } of presences)
      keep.run(userId, lastSeenAt, chosen === undefined ? 0 : 1, chosen ?? null)
    return nothingNew
  }
}
