import { describe } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultLimits } from '@confab/protocol/limits'
import type { SealingKey } from '../../lib/sealing-keys.ts'
import { sealingKey } from '../../lib/test-sealing-key.ts'
import { storeContract, textsContract } from '../../ports/store.contract.ts'
import { openDatabase } from './database.ts'
import { openSqliteStore } from './sqlite-store.ts'

const storeWith = (keys: readonly SealingKey[]) => async () => {
  const folder = mkdtempSync(join(tmpdir(), 'confab-store-'))
  const file = join(folder, 'confab.db')
  const limits = defaultLimits
  let database = openDatabase({ file })
  let store = await openSqliteStore({ database, limits, keys })
  async function close() {
    await store[Symbol.asyncDispose]()
    database.close()
  }
  return {
    store,
    async reopen() {
      await close()
      database = openDatabase({ file })
      store = await openSqliteStore({ database, limits, keys })
      return store
    },
    async [Symbol.asyncDispose]() {
      await close()
      rmSync(folder, { recursive: true })
    },
  }
}

storeContract(storeWith([]))
describe('with what people say sealed', () => textsContract(storeWith([sealingKey('one')])))
