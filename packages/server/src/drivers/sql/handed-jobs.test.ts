import { describe, expect, test } from 'bun:test'
import { openDatabase } from './database.ts'
import { jobTable } from './job-table.ts'
import { migrate } from './migrate.ts'
import { openPostgres } from './postgres/connection.ts'
import { jobTable as postgresJobTable } from './postgres/job-table.ts'
import { migrate as migratePostgres } from './postgres/migrate.ts'
import { postgresStatements } from './postgres/statements.ts'
import { createTestDatabase, testPostgresUrl } from './postgres/test-database.ts'
import { type Statements, sqliteStatements } from './statements.ts'

const key = new Uint8Array(32).fill(1)
const job = { kind: 'mail', payload: '"a"' } as const

type Jobs = Pick<
  ReturnType<typeof postgresJobTable> | ReturnType<typeof jobTable>,
  'add' | 'hand' | 'claim' | 'postpone' | 'handed' | 'dead'
>

async function failsWhileItIsHandedOver(jobs: Jobs): Promise<void> {
  await jobs.add(job, 0)
  const [handed] = await jobs.hand({ now: 0, until: 60_000, limit: 10 })
  if (handed === undefined) throw new Error('nothing was handed over')
  await jobs.claim(handed, { now: 0, until: 60_000 })
  await jobs.postpone(handed.num, 5_000, 'not yet')
  await jobs.handed([handed.num], { was: 60_000, until: 3_600_000 })
  expect(await jobs.hand({ now: 4_999, until: 65_000, limit: 10 })).toEqual([])
  expect(await jobs.hand({ now: 5_000, until: 65_000, limit: 10 })).toMatchObject([{ num: handed.num }])

  await jobs.handed([handed.num], { was: 65_000, until: 3_600_000 })
  expect(await jobs.hand({ now: 70_000, until: 130_000, limit: 10 })).toEqual([])
}

/** Its payload can't be opened, which nobody of this version tries. */
async function passesOverANewerKind(jobs: Jobs, { change }: Pick<Statements, 'change'>): Promise<void> {
  const values = ['later', new Uint8Array(40)]
  await change(
    'INSERT INTO jobs (kind, payload, attempts_max, added_at, due_at) VALUES (?1, ?2, 1, 0, 0)',
    values,
  )
  await jobs.add(job, 0)
  expect(await jobs.hand({ now: 0, until: 60_000, limit: 1 })).toMatchObject([{ kind: 'mail' }])
  await change("UPDATE jobs SET died_at = 1, problem = 'late' WHERE kind = ?1", ['later'])
  expect(await jobs.dead(-1, 10)).toMatchObject([{ kind: 'later', attempts: 0, problem: 'late' }])
}

test('[QUEUE17] a job of a kind that a newer version knows waits for that one, and hinders no other; dead it is listed', async () => {
  using database = openDatabase({ file: ':memory:' })
  migrate(database, { now: () => 0 })
  await passesOverANewerKind(jobTable(database, key), sqliteStatements(database))
})

test('[QUEUE16] a job that failed before its handing over was noted comes back at its own time', async () => {
  using database = openDatabase({ file: ':memory:' })
  migrate(database, { now: () => 0 })
  await failsWhileItIsHandedOver(jobTable(database, key))
})

describe.skipIf(testPostgresUrl === undefined)('on PostgreSQL', () => {
  test('[QUEUE16] a job that failed before its handing over was noted comes back at its own time', async () => {
    await using database = await createTestDatabase()
    await using postgres = await openPostgres({ url: database.url, bounds: { connections: 2 } })
    await migratePostgres(postgres)
    await failsWhileItIsHandedOver(postgresJobTable(postgres, key))
  })

  test('[QUEUE17] a job of a kind that a newer version knows waits for that one, and hinders no other; dead it is listed', async () => {
    await using database = await createTestDatabase()
    await using postgres = await openPostgres({ url: database.url, bounds: { connections: 2 } })
    await migratePostgres(postgres)
    await passesOverANewerKind(postgresJobTable(postgres, key), postgresStatements(postgres))
  })
})
