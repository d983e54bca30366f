import { assert } from '../../../lib/assert.ts'
import type { Postgres } from './connection.ts'

/** The name of this history, made when it began and kept in it. */
export async function readEpoch(postgres: Postgres): Promise<string> {
  await postgres.rows("INSERT INTO meta VALUES ('epoch', $1::text) ON CONFLICT DO NOTHING", [
    Bun.randomUUIDv7(),
  ])
  const epoch = await postgres.ask<string>("SELECT value AS answer FROM meta WHERE name = 'epoch'")
  assert(epoch, 'the database has no epoch')
  return epoch
}

/** Begins another history: every client drops its copy. Nobody else has the database open. */
export async function renewEpoch(postgres: Postgres): Promise<string> {
  await postgres.rows("DELETE FROM meta WHERE name = 'epoch'")
  return readEpoch(postgres)
}
