import type { Database } from 'bun:sqlite'
import { DatabaseUnavailable } from './database-unavailable.ts'
import { migrations } from './migrations.ts'
import { inTransaction } from './transaction.ts'

/**
 * Brings a database to this version's tables in one transaction, since with one a migration a new database
 * waits for the disk as often, and records each in `schema_migrations`. Throws DatabaseUnavailable where a
 * newer version has been here: its tables may mean what this one doesn't know.
 */
export function migrate(database: Database, { now }: { now: () => number }): void {
  const applied = appliedMigrations(database)
  if (applied > migrations.length)
    throw new DatabaseUnavailable(
      `the database was written by a newer version (${applied} migrations; this one knows ${migrations.length})`,
      { reason: 'newer' },
    )
  if (applied === migrations.length) return
  inTransaction(database, () => {
    database.run(
      'CREATE TABLE IF NOT EXISTS schema_migrations (number INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL)',
    )
    for (const [index, migration] of migrations.entries()) {
      if (index < applied) continue
      if (typeof migration === 'string') database.run(migration)
      else migration(database)
      database.run('INSERT INTO schema_migrations VALUES (?, ?)', [index + 1, now()])
    }
  })
}

function appliedMigrations(database: Database): number {
  const known = database.query("SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'").get()
  if (!known) return 0
  return (
    database.query<{ last: number }, []>('SELECT max(number) AS last FROM schema_migrations').get()?.last ?? 0
  )
}
