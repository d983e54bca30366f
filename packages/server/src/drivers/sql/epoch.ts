import type { Database } from 'bun:sqlite'
import { assert } from '../../lib/assert.ts'

/** The name of this history, made when it began and kept in it. */
export function readEpoch(database: Database): string {
  database.run("INSERT INTO meta VALUES ('epoch', ?) ON CONFLICT DO NOTHING", [Bun.randomUUIDv7()])
  const row = database.query<{ value: string }, []>("SELECT value FROM meta WHERE name = 'epoch'").get()
  assert(row, 'the database has no epoch')
  return row.value
}

/** Begins another history: every client drops its copy. Nobody else has the database open. */
export function renewEpoch(database: Database): string {
  database.run("DELETE FROM meta WHERE name = 'epoch'")
  return readEpoch(database)
}
