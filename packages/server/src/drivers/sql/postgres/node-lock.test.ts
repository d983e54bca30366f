import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { manualClock } from '../../../lib/manual-clock.ts'
import { type Company, holdNodeLock } from './node-lock.ts'
import { createTestDatabase, testPostgresUrl } from './test-database.ts'

// Each statement is a round trip to a server that has other work.
setDefaultTimeout(60_000)

describe.skipIf(testPostgresUrl === undefined)('the lock of a node', () => {
  test('[POSTGRES7] one that is alone keeps everybody off, and nodes that share keep off who would be alone', async () => {
    await using database = await createTestDatabase()
    const hold = (company: Company) =>
      holdNodeLock({ url: database.url, company, clock: manualClock(), report: () => undefined })
    const refused = (said: string) => ({
      ...{ name: 'DatabaseUnavailable', reason: 'in_use', message: expect.stringContaining(said) },
    })
    const refusal = {
      alone: refused('stop it first, and every other one'),
      'without a bus': refused('give every server that is to share it REDIS_URL'),
      'with others': refused('is to be alone'),
    }
    const areRefused = (...companies: Company[]) =>
      Promise.all(companies.map((one) => expect(hold(one)).rejects.toMatchObject(refusal[one])))

    const lone = await hold('without a bus')
    await areRefused('alone', 'without a bus', 'with others')
    await lone[Symbol.asyncDispose]()

    const shared = [await hold('with others'), await hold('with others')]
    await areRefused('alone', 'without a bus')
    await Promise.all(shared.map((one) => one[Symbol.asyncDispose]()))
    await (await hold('alone'))[Symbol.asyncDispose]()
  })
})
