/**
 * What it costs a send on PostgreSQL, one server of it, that conversations are spread over shards, so that
 * what came together goes out in as many calls: CPU time of this process and of PostgreSQL's, and how many
 * sends a second, so many people sending one after the other. In turn, so that what else the machine does
 * strikes all alike.
 *
 *     node_modules/.bin/bun packages/server/test/measure/shards.ts [rounds]
 */
import { defaultLimits } from '@confab/protocol/limits'
import { openCommitLanes } from '../../src/domain/delivery/commit-lanes.ts'
import { openPostgres } from '../../src/drivers/sql/postgres/connection.ts'
import { openPostgresStore } from '../../src/drivers/sql/postgres/postgres-store.ts'
import { startOwnPostgres } from '../../src/drivers/sql/postgres/test-postgres.ts'
import { assert } from '../../src/lib/assert.ts'
import { openWorldOn } from '../../src/ports/store-contract/world.contract.ts'
import { cpuOfPostgres, quartiles } from './postgres-cpu.ts'
import { sendsInTurn } from './sends-in-turn.ts'

const rounds = Number(process.argv[2] ?? 15)
const sendsARound = 2_560
const peopleAtOnce = [16, 256]
const ways = [1, 4, 16]

await using server = await startOwnPostgres()
await using postgres = await openPostgres({ url: server.url, bounds: { connections: 10 } })
const stores = new Map<number, Awaited<ReturnType<typeof openPostgresStore>>>()
for (const shards of ways) {
  stores.set(shards, await openPostgresStore({ postgres, limits: defaultLimits, shards }))
}
const [anyStore] = stores.values()
assert(anyStore, 'no store')
const world = await openWorldOn(anyStore)
const send = await sendsInTurn(world, 250)
const cpuMs = await cpuOfPostgres(server)

const found = new Map<string, number[]>()
function note(key: string, value: number) {
  found.set(key, [...(found.get(key) ?? []), value])
}

for (let round = 0; round <= rounds; round++) {
  for (const people of peopleAtOnce) {
    for (const shards of ways.slice(round % ways.length).concat(ways.slice(0, round % ways.length))) {
      const store = stores.get(shards)
      assert(store, 'no such way')
      let batches = 0
      const counting: Pick<typeof store, 'commit'> = {
        commit(writes) {
          batches++
          return store.commit(writes)
        },
      }
      const report = (context: string, cause: unknown) => console.error(context, cause)
      const options = { store: counting, shards: store.shards, announce: () => undefined, report }
      await using lanes = openCommitLanes(options)
      let left = sendsARound
      const [own, its, startedAt] = [process.cpuUsage(), cpuMs(), performance.now()]
      const sender = async () => {
        while (left-- > 0) await lanes.commit(send())
      }
      await Promise.all(Array.from({ length: people }, sender))
      const seconds = (performance.now() - startedAt) / 1_000
      const { user, system } = process.cpuUsage(own)
      // The first round warms up.
      if (round === 0) continue
      const key = `${people} people, ${shards} ${shards === 1 ? 'shard' : 'shards'}`
      note(`${key}: µs CPU a send, node`, (user + system) / sendsARound)
      note(`${key}: µs CPU a send, PostgreSQL`, ((cpuMs() - its) * 1_000) / sendsARound)
      note(`${key}: sends a second`, sendsARound / seconds)
      note(`${key}: sends a call`, sendsARound / batches)
    }
  }
}
for (const [key, values] of [...found].sort()) console.log(`${key.padEnd(52)} ${quartiles(values)}`)
