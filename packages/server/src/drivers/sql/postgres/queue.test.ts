import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { manualClock } from '../../../lib/manual-clock.ts'
import { queueContract } from '../../../ports/queue.contract.ts'
import { openPostgres } from './connection.ts'
import { migrate } from './migrate.ts'
import { openPostgresQueue } from './queue.ts'
import { createTestDatabase, testPostgresUrl } from './test-database.ts'

// Each statement is a round trip to a server that has other work.
setDefaultTimeout(60_000)

const key = new Uint8Array(32).fill(1)
const report = () => undefined
const places = new Map<string, Promise<string>>()

async function openPlace(place: string) {
  const url = await (places.get(place) ??
    places
      .set(
        place,
        createTestDatabase().then((one) => one.url),
      )
      .get(place))
  if (url === undefined) throw new Error(`no place ${place}`)
  const postgres = await openPostgres({ url, bounds: { connections: 2 } })
  await migrate(postgres)
  return postgres
}

describe.skipIf(testPostgresUrl === undefined)('the queue on PostgreSQL', () => {
  queueContract(async ({ clock, place }) => {
    const postgres = await openPlace(place)
    const queue = openPostgresQueue({ postgres, clock, key, report })
    return {
      ...queue,
      async [Symbol.asyncDispose]() {
        await queue[Symbol.asyncDispose]()
        await postgres[Symbol.asyncDispose]()
      },
    }
  })

  test('[QUEUE11] of two nodes one does a job; what a dead one was at is done by another after a minute', async () => {
    await using one = await openPlace('two nodes')
    const clock = manualClock()
    const open = () => openPostgresQueue({ postgres: one, clock, key, report })
    const [dying, other] = [open(), open()]
    const done: string[] = []
    const held = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    await dying.add({ kind: 'mail', payload: 'a' })
    dying.work('mail', { atOnce: 1 }, async () => {
      begun.resolve()
      await held.promise
      throw new Error('nobody hears it')
    })
    await begun.promise
    await using _ = other.work('mail', { atOnce: 1 }, async ({ payload }) => void done.push(payload))
    await other.add({ kind: 'mail', payload: 'b' })
    await other.settle()
    expect(done).toEqual(['b'])

    // A clock of its own that stands: the dying node holds nothing for longer.
    const later = manualClock(clock.now() + 60_001)
    await using third = openPostgresQueue({ postgres: one, clock: later, key, report })
    await using __ = third.work('mail', { atOnce: 1 }, async ({ payload }) => void done.push(payload))
    await third.settle()
    expect(done).toEqual(['b', 'a'])
    held.resolve()
    await dying[Symbol.asyncDispose]()
    await other[Symbol.asyncDispose]()
  })
})
