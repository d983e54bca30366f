import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { manualClock } from '../../../lib/manual-clock.ts'
import { holdNodeLock } from './node-lock.ts'
import { createTestDatabase, testPostgresUrl } from './test-database.ts'

// Each statement is a round trip to a server that has other work.
setDefaultTimeout(60_000)

describe.skipIf(testPostgresUrl === undefined)('the lock of a node', () => {
  test('[POSTGRES7] one that is alone keeps everybody off, and nodes that share keep off who would be alone', async () => {
    await using database = await createTestDatabase()
    const hold = (alone: boolean) =>
      holdNodeLock({ url: database.url, alone, clock: manualClock(), report: () => undefined })
    const refused = { name: 'DatabaseUnavailable', reason: 'in_use' }

    const lone = await hold(true)
    await Promise.all([true, false].map((alone) => expect(hold(alone)).rejects.toMatchObject(refused)))
    await lone[Symbol.asyncDispose]()

    const shared = [await hold(false), await hold(false)]
    await expect(hold(true)).rejects.toMatchObject(refused)
    await Promise.all(shared.map((one) => one[Symbol.asyncDispose]()))
    await (await hold(true))[Symbol.asyncDispose]()
  })
})
