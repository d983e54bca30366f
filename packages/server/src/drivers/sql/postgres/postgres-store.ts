import type { Limits } from '@confab/protocol/limits'
import { type Report, reportUncaught } from '../../../lib/report.ts'
import type { SealingKey } from '../../../lib/sealing-keys.ts'
import type { Store } from '../../../ports/store.ts'
import type { Pages } from '../replicated-pages.ts'
import { admitKeys } from '../text-keys.ts'
import { openTextSeal, type TextSeal } from '../text-seal.ts'
import { prepareCommit } from './commit.ts'
import type { Postgres } from './connection.ts'
import { prepareCreateUser } from './create-user.ts'
import { readEpoch } from './epoch.ts'
import { installFunctions } from './functions.ts'
import { lineageOfPrimary } from './history.ts'
import type { HistoryWatch } from './history-watch.ts'
import { migrate } from './migrate.ts'
import { conversationReads } from './reads/conversation-reads.ts'
import { memberReads } from './reads/member-reads.ts'
import { messageReads } from './reads/message-reads.ts'
import { peopleReads } from './reads/people-reads.ts'
import { shardsByHash } from './shards.ts'
import { postgresStatements } from './statements.ts'

/**
 * The store on PostgreSQL: a batch is one call of a function, flushed when it answers, and every read is one
 * statement, and so one snapshot. Several nodes may have it open. Closing the store leaves the connections
 * open to those who share them.
 *
 * What people say is sealed with the first of `keys`.
 *
 * Throws DatabaseUnavailable where a newer version has written the database, or a key of it is missing.
 */
export async function openPostgresStore({
  postgres,
  limits,
  keys = [],
  shards = 1,
  history,
  replicate,
  report = reportUncaught,
}: {
  postgres: Postgres
  limits: Pick<Limits, 'receiptMembers' | 'reactionKinds'>
  keys?: readonly SealingKey[]
  /** Over how many the tables are distributed. */
  shards?: number
  /** Knows which epoch it is now; without it that of the start is told. */
  history?: Pick<HistoryWatch, 'epoch'> | undefined
  /** Puts copies before the primary, for pages. */
  replicate?: ((primary: Pages, texts: TextSeal) => Pages) | undefined
  report?: Report
}): Promise<Store> {
  await migrate(postgres)
  await admitKeys(postgresStatements(postgres), keys)
  const texts = openTextSeal({ keys, report })
  const schema = await installFunctions(postgres)
  const epoch = await readEpoch(postgres)
  // What it costs to tell is spent where a copy is there to be compared.
  const lineage = replicate ? lineageOfPrimary : "''"
  const messages = messageReads(postgres, texts)
  return {
    get epoch() {
      return history?.epoch ?? epoch
    },
    shards: shards > 1 ? shardsByHash(shards) : undefined,
    callsAtOnce: postgres.connections,
    commit: prepareCommit(postgres, { schema, texts, ...limits }),
    createUser: prepareCreateUser(postgres, schema),
    ...conversationReads(postgres, { limits, texts, lineage }),
    ...memberReads(postgres, limits),
    ...messages,
    ...replicate?.(messages, texts),
    ...peopleReads(postgres, limits),
    isErasing: async () =>
      (await postgres.ask<boolean>('SELECT EXISTS (SELECT 1 FROM erasures) AS answer')) === true,
    [Symbol.asyncDispose]: async () => undefined,
  }
}
