import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { deriveKey, readOrMakeSecret } from '../lib/secret-file.ts'
import type { Engine, EngineSettings } from './engine.ts'
import { openQueue } from './open-queue.ts'

/** SQLite in the data folder, locked against a second server, and the installation's secret beside it. */
export async function openSqliteEngine(
  { config, anew = false, clock, report }: EngineSettings,
  stack: AsyncDisposableStack,
): Promise<Engine> {
  const { openDatabase } = await import('../drivers/sql/database.ts')
  const { openSqliteStore } = await import('../drivers/sql/sqlite-store.ts')
  const { sqliteStatements } = await import('../drivers/sql/statements.ts')
  const { sqliteTexts } = await import('../drivers/sql/sqlite-texts.ts')
  const { openSqlQueue } = await import('../drivers/sql/queue.ts')
  const { jobTable } = await import('../drivers/sql/job-table.ts')
  const { openSqlEventLog } = await import('../drivers/sql/event-log.ts')
  const { sqliteLogWords } = await import('../drivers/sql/log-positions.ts')
  const { openReader } = await import('../drivers/sql/reader.ts')
  const { renewEpoch } = await import('../drivers/sql/epoch.ts')
  const { admitMoved } = await import('../drivers/sql/moving/marks.ts')
  const { authOnSqlite } = await import('../drivers/better-auth/auth-database.ts')

  const database = stack.adopt(
    openDatabase({ file: join(config.dataDir, 'confab.db'), anew: config.demo }),
    (open) => open.close(),
  )
  // The lock is held by now.
  if (config.demo) await rm(join(config.dataDir, 'blobs'), { recursive: true, force: true })
  const secret = config.secret ?? readOrMakeSecret(join(config.dataDir, 'secret'))
  const statements = sqliteStatements(database)
  const hasTables = database.query("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").get() !== null
  await admitMoved(statements, { hasTables, secret, anew })
  const { limits, encryptionKeys: keys } = config
  const store = stack.use(await openSqliteStore({ database, clock, limits, keys, report }))
  const key = deriveKey(secret, 'jobs')
  const { queue, broker } = await openQueue(
    { config, clock, report },
    { key, kept: () => jobTable(database, key), alone: () => openSqlQueue({ database, clock, key, report }) },
  )
  const log = openSqlEventLog({ statements, words: sqliteLogWords, store, clock, report })
  return {
    store,
    queue: stack.use(queue),
    broker,
    replication: undefined,
    log: stack.use(log),
    openPersonal: async () => stack.use(openReader(database, { keys, report })),
    statements,
    accounts: authOnSqlite(database),
    texts: () => sqliteTexts(database),
    secret,
    gatherStatistics: async () => undefined,
    renewEpoch: async () => renewEpoch(database),
  }
}
