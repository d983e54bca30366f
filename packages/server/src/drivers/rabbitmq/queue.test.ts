import type { Database } from 'bun:sqlite'
import { describe, setDefaultTimeout } from 'bun:test'
import { queueContract } from '../../ports/queue.contract.ts'
import { openDatabase } from '../sql/database.ts'
import { jobTable } from '../sql/job-table.ts'
import { migrate } from '../sql/migrate.ts'
import { openPostgres } from '../sql/postgres/connection.ts'
import { jobTable as postgresJobTable } from '../sql/postgres/job-table.ts'
import { migrate as migratePostgres } from '../sql/postgres/migrate.ts'
import { createTestDatabase, testPostgresUrl } from '../sql/postgres/test-database.ts'
import type { KeptJobs } from './kept-jobs.ts'
import { openRabbitQueue } from './queue.ts'

// Each job goes to a broker and back, on a machine that has other work.
setDefaultTimeout(60_000)

const amqpUrl = process.env.TEST_AMQP_URL
const key = new Uint8Array(32).fill(1)
const report = () => undefined

/** The contract over a database; `open` answers the same one for the same place. */
function contract(open: (place: string) => Promise<{ jobs: KeptJobs } & AsyncDisposable>): void {
  const names = new Map<string, string>()
  queueContract(async ({ clock, place }) => {
    const name = names.get(place) ?? `test-${crypto.randomUUID()}`
    names.set(place, name)
    const stack = new AsyncDisposableStack()
    const { jobs } = stack.use(await open(place))
    const queue = openRabbitQueue({ urls: [amqpUrl ?? ''], name, jobs, clock, report })
    stack.use(queue)
    return {
      add: queue.add,
      work: queue.work,
      deadLetters: queue.deadLetters,
      retry: queue.retry,
      discard: queue.discard,
      forget: queue.forget,
      counts: queue.counts,
      settle: queue.settle,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  })
}

describe.skipIf(amqpUrl === undefined)('the queue by RabbitMQ, over SQLite', () => {
  const places = new Map<string, Database>()
  contract(async (place) => {
    const database = places.get(place) ?? openDatabase({ file: ':memory:' })
    places.set(place, database)
    migrate(database, { now: () => 0 })
    return { jobs: jobTable(database, key), [Symbol.asyncDispose]: async () => undefined }
  })
})

describe.skipIf(amqpUrl === undefined || testPostgresUrl === undefined)(
  'the queue by RabbitMQ, over PostgreSQL',
  () => {
    const places = new Map<string, Promise<string>>()
    contract(async (place) => {
      const url = places.get(place) ?? createTestDatabase().then((database) => database.url)
      places.set(place, url)
      const postgres = await openPostgres({ url: await url, bounds: { connections: 2 } })
      await migratePostgres(postgres)
      return {
        jobs: postgresJobTable(postgres, key),
        [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose](),
      }
    })
  },
)
