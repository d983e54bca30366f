import { describe, setDefaultTimeout } from 'bun:test'
import { defaultLimits } from '@confab/protocol/limits'
import { storeContract } from '../../../ports/store.contract.ts'
import { openPostgres } from './connection.ts'
import { openPostgresStore } from './postgres-store.ts'
import { createTestDatabase, testPostgresUrl } from './test-database.ts'

// Each statement is a round trip to a server that has other work.
setDefaultTimeout(60_000)

describe.skipIf(testPostgresUrl === undefined)('on PostgreSQL', () => {
  storeContract(async () => {
    const { url, [Symbol.asyncDispose]: drop } = await createTestDatabase()
    const limits = defaultLimits
    let postgres = await openPostgres({ url, bounds: { connections: 2 } })
    let store = await openPostgresStore({ postgres, limits })
    async function close() {
      await store[Symbol.asyncDispose]()
      await postgres[Symbol.asyncDispose]()
    }
    return {
      store,
      async reopen() {
        await close()
        postgres = await openPostgres({ url, bounds: { connections: 2 } })
        store = await openPostgresStore({ postgres, limits })
        return store
      },
      async [Symbol.asyncDispose]() {
        await close()
        await drop()
      },
    }
  })
})
