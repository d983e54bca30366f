import type { Limits } from '@confab/protocol/limits'
import { assert } from '../../../lib/assert.ts'
import type { Store } from '../../../ports/store.ts'
import { prepareCommit } from './commit.ts'
import type { Postgres } from './connection.ts'
import { prepareCreateUser } from './create-user.ts'
import { installFunctions } from './functions.ts'
import { migrate } from './migrate.ts'
import { conversationReads } from './reads/conversation-reads.ts'
import { memberReads } from './reads/member-reads.ts'
import { messageReads } from './reads/message-reads.ts'
import { peopleReads } from './reads/people-reads.ts'

/**
 * The store on PostgreSQL: a batch is one call of a function, flushed when it answers, and every read is one
 * statement, and so one snapshot. Several nodes may have it open. Closing the store leaves the connections
 * open to those who share them.
 *
 * Throws DatabaseUnavailable where a newer version has written the database.
 */
export async function openPostgresStore({
  postgres,
  limits,
}: {
  postgres: Postgres
  limits: Pick<Limits, 'receiptMembers' | 'reactionKinds'>
}): Promise<Store> {
  await migrate(postgres)
  const schema = await installFunctions(postgres)
  return {
    epoch: await readEpoch(postgres),
    commit: prepareCommit(postgres, { schema, ...limits }),
    createUser: prepareCreateUser(postgres, schema),
    ...conversationReads(postgres, limits),
    ...memberReads(postgres, limits),
    ...messageReads(postgres),
    ...peopleReads(postgres, limits),
    isErasing: async () =>
      (await postgres.ask<boolean>('SELECT EXISTS (SELECT 1 FROM erasures) AS answer')) === true,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** The name of this history, made when it began and kept in it. */
async function readEpoch(postgres: Postgres): Promise<string> {
  await postgres.rows("INSERT INTO meta VALUES ('epoch', $1::text) ON CONFLICT DO NOTHING", [
    Bun.randomUUIDv7(),
  ])
  const epoch = await postgres.ask<string>("SELECT value AS answer FROM meta WHERE name = 'epoch'")
  assert(epoch, 'the database has no epoch')
  return epoch
}
