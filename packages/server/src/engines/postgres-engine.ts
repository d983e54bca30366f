import type { Replica } from '../drivers/sql/postgres/replica.ts'
import type { Pages } from '../drivers/sql/replicated-pages.ts'
import type { TextSeal } from '../drivers/sql/text-seal.ts'
import { assert } from '../lib/assert.ts'
import { deriveKey } from '../lib/secret-file.ts'
import type { Engine, EngineSettings } from './engine.ts'
import { openQueue } from './open-queue.ts'

/** Of an export, page by page: one at a time, each as long as it takes. */
const longReads = { connections: 1, statementMs: 600_000 }

/** PostgreSQL, which several nodes may share: its tables are made by whichever comes first. */
export async function openPostgresEngine(
  {
    config,
    company,
    anew = false,
    clock,
    report,
    url,
    connections,
    shards,
    replicaUrls,
    requiresStandby,
  }: EngineSettings & NonNullable<EngineSettings['config']['postgres']>,
  stack: AsyncDisposableStack,
): Promise<Engine> {
  const { openPostgres } = await import('../drivers/sql/postgres/connection.ts')
  const { openHistoryWatch } = await import('../drivers/sql/postgres/history-watch.ts')
  const { openReplica } = await import('../drivers/sql/postgres/replica.ts')
  const { replicatedPages } = await import('../drivers/sql/replicated-pages.ts')
  const { openPostgresStore } = await import('../drivers/sql/postgres/postgres-store.ts')
  const { postgresStatements } = await import('../drivers/sql/postgres/statements.ts')
  const { postgresTexts } = await import('../drivers/sql/postgres/postgres-texts.ts')
  const { openPostgresQueue } = await import('../drivers/sql/postgres/queue.ts')
  const { jobTable } = await import('../drivers/sql/postgres/job-table.ts')
  const { openSqlEventLog } = await import('../drivers/sql/event-log.ts')
  const { postgresLogWords } = await import('../drivers/sql/log-positions.ts')
  const { openPersonalRecords } = await import('../drivers/sql/postgres/reads/personal-records.ts')
  const { openTextSeal } = await import('../drivers/sql/text-seal.ts')
  const { gatherStatistics } = await import('../drivers/sql/postgres/gather-statistics.ts')
  const { renewEpoch } = await import('../drivers/sql/postgres/epoch.ts')
  const { holdNodeLock } = await import('../drivers/sql/postgres/node-lock.ts')
  const { hasTable } = await import('../drivers/sql/postgres/migrate.ts')
  const { admitMoved } = await import('../drivers/sql/moving/marks.ts')
  const { authOnPostgres } = await import('../drivers/better-auth/auth-database.ts')

  const { secret, limits, encryptionKeys: keys } = config
  assert(secret !== undefined, 'a database that is shared, and no secret')
  const postgres = stack.use(await openPostgres({ url, bounds: { connections }, report }))
  if (company !== 'beside others') stack.use(await holdNodeLock({ url, company, clock, report }))
  const statements = postgresStatements(postgres)
  const hasTables = await hasTable(postgres, 'meta')
  await admitMoved(statements, { hasTables, secret, anew })
  const history = stack.use(await openHistoryWatch({ postgres, requiresStandby, clock, report }))
  const copies: Replica[] = []
  let pageCounts = {}
  /** They are opened once it is known how texts are kept. */
  function replicate(primary: Pages, texts: TextSeal): Pages {
    for (const [index, one] of replicaUrls.entries()) {
      const name = `replica ${index + 1}`
      copies.push(stack.use(openReplica({ url: one, name, connections, texts, history, clock, report })))
    }
    const pages = replicatedPages({ primary, copies, clock })
    pageCounts = pages.counts
    return { history: pages.history, events: pages.events }
  }
  const store = stack.use(
    await openPostgresStore({
      ...{ postgres, limits, keys, shards, history, report },
      replicate: replicaUrls.length > 0 ? replicate : undefined,
    }),
  )
  const key = deriveKey(secret, 'jobs')
  const { queue, broker } = await openQueue(
    { config, clock, report },
    {
      key,
      kept: () => jobTable(postgres, key),
      alone: () => openPostgresQueue({ postgres, clock, key, report }),
    },
  )
  const log = openSqlEventLog({ statements, words: postgresLogWords, store, clock, report })
  return {
    store,
    queue: stack.use(queue),
    broker,
    replication: {
      get isGuarded() {
        return history.isGuarded
      },
      replicas: copies,
      pageCounts,
      onNewEpoch: history.onNewEpoch,
    },
    log: stack.use(log),
    async openPersonal() {
      const reader = await openPostgres({ url, bounds: longReads, report })
      return stack.use(openPersonalRecords(reader, openTextSeal({ keys, report })))
    },
    statements,
    accounts: authOnPostgres(postgres),
    texts: () => postgresTexts(postgres),
    secret,
    gatherStatistics: () => gatherStatistics(postgres),
    renewEpoch: () => renewEpoch(postgres),
  }
}
