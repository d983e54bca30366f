import { afterAll, describe, setDefaultTimeout } from 'bun:test'
import { defaultLimits } from '@confab/protocol/limits'
import type { SealingKey } from '../../../lib/sealing-keys.ts'
import { sealingKey } from '../../../lib/test-sealing-key.ts'
import { storeContract, textsContract } from '../../../ports/store.contract.ts'
import type { OpenStore } from '../../../ports/store-contract/world.contract.ts'
import { openPostgres, type Postgres } from './connection.ts'
import { openPostgresStore } from './postgres-store.ts'
import { createTestDatabase, testPostgresUrl } from './test-database.ts'

// Each statement is a round trip to a server that has other work.
setDefaultTimeout(60_000)

/**
 * Connections serve one store after the other: to open them, and to have them compile the functions of the
 * writes, takes longer than most tests do. A store that is reopened gets its own.
 */
function storesWith(keys: readonly SealingKey[]): OpenStore {
  const limits = defaultLimits
  const shared = new AsyncDisposableStack()
  afterAll(() => shared.disposeAsync())
  const connect = (url: string) => openPostgres({ url, bounds: { connections: 2 } })
  const open = async () => {
    const database = shared.use(await createTestDatabase())
    return { database, postgres: shared.use(await connect(database.url)) }
  }
  const free: Awaited<ReturnType<typeof open>>[] = []

  return async () => {
    const lent = free.pop() ?? (await open())
    const { database, postgres } = lent
    const stack = new AsyncDisposableStack()
    stack.defer(async () => {
      await database.empty()
      free.push(lent)
    })
    const openStore = async (on: Postgres) =>
      stack.use(await openPostgresStore({ postgres: on, limits, keys }))
    return {
      store: await openStore(postgres),
      reopen: async () => openStore(stack.use(await connect(database.url))),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  }
}

describe.skipIf(testPostgresUrl === undefined)('on PostgreSQL', () => {
  storeContract(storesWith([]))
  describe('with what people say sealed', () => textsContract(storesWith([sealingKey('one')])))
})
