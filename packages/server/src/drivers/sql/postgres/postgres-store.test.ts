import { describe, setDefaultTimeout } from 'bun:test'
import { defaultLimits } from '@confab/protocol/limits'
import type { SealingKey } from '../../../lib/sealing-keys.ts'
import { sealingKey } from '../../../lib/test-sealing-key.ts'
import { storeContract } from '../../../ports/store.contract.ts'
import { openPostgres } from './connection.ts'
import { openPostgresStore } from './postgres-store.ts'
import { createTestDatabase, testPostgresUrl } from './test-database.ts'

// Each statement is a round trip to a server that has other work.
setDefaultTimeout(60_000)

const storeWith = (keys: readonly SealingKey[]) => async () => {
  const { url, [Symbol.asyncDispose]: drop } = await createTestDatabase()
  const limits = defaultLimits
  let postgres = await openPostgres({ url, bounds: { connections: 2 } })
  let store = await openPostgresStore({ postgres, limits, keys })
  async function close() {
    await store[Symbol.asyncDispose]()
    await postgres[Symbol.asyncDispose]()
  }
  return {
    store,
    async reopen() {
      await close()
      postgres = await openPostgres({ url, bounds: { connections: 2 } })
      store = await openPostgresStore({ postgres, limits, keys })
      return store
    },
    async [Symbol.asyncDispose]() {
      await close()
      await drop()
    },
  }
}

describe.skipIf(testPostgresUrl === undefined)('on PostgreSQL', () => {
  storeContract(storeWith([]))
  describe('with what people say sealed', () => storeContract(storeWith([sealingKey('one')])))
})
