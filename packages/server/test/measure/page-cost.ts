/**
 * What a page of history costs PostgreSQL, and what the look at the primary costs that stays when a replica
 * gives the page: CPU of its processes a call, eight calls at a time.
 *
 *     taskset -c 1 node_modules/.bin/bun packages/server/test/measure/page-cost.ts [calls]
 */
import { readFileSync } from 'node:fs'
import { defaultLimits } from '@confab/protocol/limits'
import { openPostgres } from '../../src/drivers/sql/postgres/connection.ts'
import { openPostgresStore } from '../../src/drivers/sql/postgres/postgres-store.ts'
import { startOwnPostgres } from '../../src/drivers/sql/postgres/test-postgres.ts'
import { openWorld } from '../../src/ports/store-contract/world.contract.ts'

const calls = Number(process.argv[2] ?? 8_000)
const atOnce = 8
const members = 20
const messages = 1_000
/** USER_HZ of proc_pid_stat(5). */
const tickUs = 10_000

await using server = await startOwnPostgres()
await using postgres = await openPostgres({ url: server.url, bounds: { connections: atOnce } })
const store = await openPostgresStore({ postgres, limits: defaultLimits })
const world = await openWorld(async () => ({
  store,
  reopen: () => Promise.reject(new Error('not reopened')),
  [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
}))
const users = await Promise.all(Array.from({ length: members }, (_, index) => world.user(`User ${index}`)))
const userAt = (index: number) => {
  const user = users[index % members]
  if (!user) throw new Error('there is nobody')
  return user
}
const conversationId = await world.group(users)
const text = 'x'.repeat(200)
const writes = Array.from({ length: messages }, (_, index) =>
  world.message(conversationId, userAt(index), { text }),
)
await store.commit(writes)
await server.run('VACUUM ANALYZE')
const random = () => Math.floor(Math.random() * messages)

/** Of the processes that serve this pool. */
async function cpuUs(): Promise<number> {
  const pids = await server.run("SELECT pid FROM pg_stat_activity WHERE application_name = 'confab'")
  return (pids as { pid: number }[])
    .map(({ pid }) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [])
    .reduce((sum, fields) => sum + (Number(fields[11]) + Number(fields[12])) * tickUs, 0)
}

async function measure(what: string, call: (viewerId: (typeof users)[number]) => Promise<unknown>) {
  const worker = async (count: number) => {
    for (let done = 0; done < count; done++) await call(userAt(done))
  }
  const all = (count: number) => Promise.all(Array.from({ length: atOnce }, () => worker(count / atOnce)))
  await all(calls / 4)
  const before = await cpuUs()
  await all(calls)
  console.log(`${what}: ${(((await cpuUs()) - before) / calls).toFixed(0)} µs of PostgreSQL a call`)
}

for (let round = 0; round < 3; round++) {
  await measure('a look at who may read', (viewerId) => store.standing(conversationId, viewerId))
  await measure('a page of 50', (viewerId) =>
    store.history({ conversationId, viewerId, around: 1 + random(), limit: 50 }),
  )
  await measure('the first of its conversation', (viewerId) =>
    store.history({ conversationId, viewerId, limit: 50 }),
  )
}
