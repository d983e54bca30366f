import { DatabaseUnavailable } from '../database-unavailable.ts'
import type { Postgres } from './connection.ts'
import { migrations } from './migrations.ts'

/** Any number will do, as long as all versions name the same one. */
const migrationLock = 4_302_198_761

/**
 * What is run under it is one transaction that one node at a time is in. Who waits for a long migration of
 * another waits as long as it takes.
 */
export const oneAtATime = (text: string): string => `
  SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true);
  SELECT pg_advisory_xact_lock(${migrationLock});
  ${text}`

/**
 * Brings a database to this version's tables, once, whichever nodes start together: each migration asks
 * under the lock whether it is still to be done.
 * Throws DatabaseUnavailable where a newer version has been here.
 */
export async function migrate(postgres: Postgres): Promise<void> {
  await postgres.script(
    oneAtATime(
      'CREATE TABLE IF NOT EXISTS schema_migrations (number integer PRIMARY KEY, applied_at timestamptz NOT NULL)',
    ),
  )
  const applied = (await postgres.ask<number>('SELECT max(number) AS answer FROM schema_migrations')) ?? 0
  if (applied > migrations.length)
    throw new DatabaseUnavailable(
      `the database was written by a newer version (${applied} migrations; this one knows ${migrations.length})`,
      { reason: 'newer' },
    )
  for (const [index, text] of migrations.entries()) {
    if (index < applied) continue
    await postgres.script(
      oneAtATime(`
        DO $migrate$ BEGIN
          IF NOT EXISTS (SELECT 1 FROM schema_migrations WHERE number = ${index + 1}) THEN
            EXECUTE $migration$${text}$migration$;
            INSERT INTO schema_migrations VALUES (${index + 1}, now());
          END IF;
        END $migrate$`),
    )
  }
}

/** Whether the installation's own schema has a table, which need not be so before the first migration. */
export async function hasTable(postgres: Postgres, name: string): Promise<boolean> {
  const asked =
    'SELECT 1 AS answer FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1::text'
  return (await postgres.ask(asked, [name])) !== undefined
}
