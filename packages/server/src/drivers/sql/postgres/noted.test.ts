import { afterAll, describe, setDefaultTimeout } from 'bun:test'
import { defaultLimits } from '@confab/protocol/limits'
import { manualClock } from '../../../lib/manual-clock.ts'
import { notedContract } from '../../../ports/noted.contract.ts'
import { openNotedPorts } from '../test-noted-ports.ts'
import { openPostgres, type Postgres } from './connection.ts'
import { openPostgresStore } from './postgres-store.ts'
import { openPostgresQueue } from './queue.ts'
import { postgresStatements } from './statements.ts'
import { createTestDatabase, testPostgresUrl } from './test-database.ts'

// Each statement is a round trip to a server that has other work.
setDefaultTimeout(60_000)

describe.skipIf(testPostgresUrl === undefined)('on PostgreSQL', () => {
  const shared = new AsyncDisposableStack()
  afterAll(() => shared.disposeAsync())
  let opened: { postgres: Postgres; empty(): Promise<void> } | undefined
  const connect = async () => {
    const { url, empty } = shared.use(await createTestDatabase())
    return { postgres: shared.use(await openPostgres({ url, bounds: { connections: 2 } })), empty }
  }

  notedContract(async () => {
    opened ??= await connect()
    const { postgres, empty } = opened
    const stack = new AsyncDisposableStack()
    stack.defer(empty)
    const clock = manualClock()
    const store = stack.use(await openPostgresStore({ postgres, limits: defaultLimits }))
    const key = new Uint8Array(32).fill(1)
    return {
      ...openNotedPorts(postgresStatements(postgres), clock),
      store,
      queue: stack.use(openPostgresQueue({ postgres, clock, key, report: () => undefined })),
      refuseAppends: (refused) =>
        postgres.script(
          refused
            ? 'ALTER TABLE audit_log ADD CONSTRAINT refused CHECK (false) NOT VALID'
            : 'ALTER TABLE audit_log DROP CONSTRAINT refused',
        ),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  })
})
