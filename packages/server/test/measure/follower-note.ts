/**
 * What it costs a send on PostgreSQL that somebody follows the log of all conversations (Kafka's relay): CPU
 * time of this process and of PostgreSQL's, with nobody, one for whom commits note what they changed, and one
 * who also reads it. In turn, so that what else the machine does strikes all alike.
 *
 *     node_modules/.bin/bun packages/server/test/measure/follower-note.ts [rounds]
 */
import { defaultLimits } from '@confab/protocol/limits'
import { openSqlEventLog } from '../../src/drivers/sql/event-log.ts'
import { postgresLogWords } from '../../src/drivers/sql/log-positions.ts'
import { openPostgres } from '../../src/drivers/sql/postgres/connection.ts'
import { openPostgresStore } from '../../src/drivers/sql/postgres/postgres-store.ts'
import { postgresStatements } from '../../src/drivers/sql/postgres/statements.ts'
import { startOwnPostgres } from '../../src/drivers/sql/postgres/test-postgres.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { openWorld } from '../../src/ports/store-contract/world.contract.ts'
import { until } from '../until.ts'
import { cpuOfPostgres, quartiles } from './postgres-cpu.ts'
import { sendsInTurn } from './sends-in-turn.ts'

const rounds = Number(process.argv[2] ?? 15)
const sendsARound = 1_280
const sizes = [16, 128]
const ways = ['nobody', 'noted', 'relayed'] as const
type Way = (typeof ways)[number]

await using server = await startOwnPostgres()
await using postgres = await openPostgres({ url: server.url, bounds: { connections: 4 } })
await using store = await openPostgresStore({ postgres, limits: defaultLimits })
const world = await openWorld(async () => ({
  store,
  reopen: () => Promise.reject(new Error('not reopened')),
  [Symbol.asyncDispose]: async () => undefined,
}))
const send = await sendsInTurn(world, 250)
const cpuMs = await cpuOfPostgres(server)

async function follow(way: Way): Promise<AsyncDisposable> {
  const stack = new AsyncDisposableStack()
  if (way === 'noted') await postgres.rows("INSERT INTO log_followers (name) VALUES ('kafka')", [])
  if (way === 'relayed') {
    const statements = postgresStatements(postgres)
    const report = (context: string, cause: unknown) => console.error(context, cause)
    const options = { statements, words: postgresLogWords, store, clock: systemClock, report }
    const log = stack.use(openSqlEventLog(options))
    stack.use(log.follow('kafka', async () => undefined))
    await until(async () => (await log.lag('kafka')) === 0 && (await isFollowed()))
  }
  return {
    async [Symbol.asyncDispose]() {
      await stack.disposeAsync()
      await postgres.rows('DELETE FROM log_followers', [])
    },
  }
}
const isFollowed = async () => (await postgres.rows('SELECT 1 FROM log_positions LIMIT 1', [])).length > 0

const found = new Map<string, number[]>()
for (let round = 0; round <= rounds; round++) {
  for (const size of sizes) {
    for (const way of ways.slice(round % ways.length).concat(ways.slice(0, round % ways.length))) {
      await using _ = await follow(way)
      const [own, its] = [process.cpuUsage(), cpuMs()]
      for (let sent = 0; sent < sendsARound; sent += size) {
        const outcomes = await store.commit(Array.from({ length: size }, send))
        if (outcomes.some(({ status }) => status !== 'committed')) throw new Error('a send was refused')
      }
      const { user, system } = process.cpuUsage(own)
      const microseconds = [(user + system) / sendsARound, ((cpuMs() - its) * 1_000) / sendsARound]
      for (const [index, value] of microseconds.entries()) {
        const key = `${size} ${way} ${index === 0 ? 'node' : 'PostgreSQL'}`
        // The first round warms up.
        if (round > 0) found.set(key, [...(found.get(key) ?? []), value])
      }
    }
  }
}
for (const [key, values] of found) {
  console.log(`${key.padEnd(24)} µs CPU a send: ${quartiles(values)}`)
}
