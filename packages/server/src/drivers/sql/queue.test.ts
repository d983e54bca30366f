import type { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { manualClock } from '../../lib/manual-clock.ts'
import { queueContract } from '../../ports/queue.contract.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { openSqlQueue } from './queue.ts'

const key = new Uint8Array(32).fill(1)
const report = () => undefined
const places = new Map<string, Database>()

queueContract(async ({ clock, place }) => {
  const database = places.get(place) ?? openDatabase({ file: ':memory:' })
  places.set(place, database)
  migrate(database, clock)
  return openSqlQueue({ database, clock, key, report })
})

test('[QUEUE8] a payload lies sealed in the table, and is gone when its job is done', async () => {
  const clock = manualClock()
  const database = openDatabase({ file: ':memory:' })
  migrate(database, clock)
  await using queue = openSqlQueue({ database, clock, key, report })
  await queue.add({ kind: 'mail', payload: 'the code is 123456' })
  const rows = () => database.query<{ payload: Uint8Array }, []>('SELECT payload FROM jobs').all()
  expect(rows().map(({ payload }) => Buffer.from(payload).includes('123456'))).toEqual([false])
  await using _ = queue.work('mail', { atOnce: 1 }, async () => undefined)
  await queue.settle()
  expect(rows()).toEqual([])
})

test('[QUEUE8] one that can’t be opened with this secret is a dead letter, and stops no other', async () => {
  const clock = manualClock()
  const database = openDatabase({ file: ':memory:' })
  migrate(database, clock)
  {
    await using queue = openSqlQueue({ database, clock, key: new Uint8Array(32).fill(2), report })
    await queue.add({ kind: 'mail', payload: 'old' })
  }
  await using queue = openSqlQueue({ database, clock, key, report })
  await queue.add({ kind: 'mail', payload: 'new' })
  const done: string[] = []
  await using _ = queue.work('mail', { atOnce: 1 }, async ({ payload }) => void done.push(payload))
  await queue.settle()
  expect(done).toEqual(['new'])
  const [letter] = await queue.deadLetters({ limit: 10 })
  expect(letter?.problem).toBe('its payload was sealed with another SECRET')
})

test('[QUEUE9] while the disk is full a job is neither lost nor done in a loop', async () => {
  const clock = manualClock()
  const database = openDatabase({ file: ':memory:' })
  migrate(database, clock)
  const reports: string[] = []
  await using queue = openSqlQueue({ database, clock, key, report: (context) => void reports.push(context) })
  let attempts = 0
  await queue.add({ kind: 'mail', payload: 'x' })
  database.run('PRAGMA query_only = ON')
  await using _ = queue.work('mail', { atOnce: 1 }, async () => void attempts++)
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  expect([attempts, reports]).toEqual([1, ["job 1 'mail' can't be put away"]])
  database.run('PRAGMA query_only = OFF')
  clock.advance(5_000)
  await queue.settle()
  expect([attempts, await queue.counts()]).toEqual([2, { waiting: 0, dead: 0 }])
})
