import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { defaultLimits } from '@confab/protocol/limits'
import { eraseFollowed } from '../../../../test/logged-world.ts'
import { systemClock } from '../../../lib/clock.ts'
import { eventLogContract } from '../../../ports/event-log.contract.ts'
import { openWorldOn } from '../../../ports/store-contract/world.contract.ts'
import { openSqlEventLog } from '../event-log.ts'
import { postgresLogWords } from '../log-positions.ts'
import { openPostgres } from './connection.ts'
import { renewEpoch } from './epoch.ts'
import { openPostgresStore } from './postgres-store.ts'
import { postgresStatements } from './statements.ts'
import { createTestDatabase, testPostgresUrl } from './test-database.ts'

// Each statement is a round trip to a server that has other work.
setDefaultTimeout(60_000)

describe.skipIf(testPostgresUrl === undefined)('on PostgreSQL', () => {
  const open = async () => {
    const stack = new AsyncDisposableStack()
    const { url } = stack.use(await createTestDatabase())
    const postgres = stack.use(await openPostgres({ url, bounds: { connections: 2 } }))
    const store = stack.use(await openPostgresStore({ postgres, limits: defaultLimits }))
    const world = await openWorldOn(store)
    const node = () =>
      stack.use(
        openSqlEventLog({
          statements: postgresStatements(postgres),
          words: postgresLogWords,
          store,
          clock: systemClock,
          report: () => undefined,
        }),
      )
    const close = { [Symbol.asyncDispose]: () => stack.disposeAsync() }
    return { world, postgres, renewEpoch: () => renewEpoch(postgres), here: node(), there: node(), ...close }
  }
  eventLogContract(open)

  test('[EVENTLOG11] of a conversation that is erased no follower’s place is kept', async () => {
    await using opened = await open()
    const { world, postgres, here } = opened
    const stays = await eraseFollowed(world, here)
    const kept = await postgres.rows('SELECT DISTINCT conversation FROM log_positions', [])
    expect([...kept]).toEqual([{ conversation: stays }])
  })
})
