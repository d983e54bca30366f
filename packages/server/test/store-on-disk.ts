import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultLimits } from '@confab/protocol/limits'
import { openDatabase } from '../src/drivers/sql/database.ts'
import { openSqliteStore } from '../src/drivers/sql/sqlite-store.ts'
import { assert } from '../src/lib/assert.ts'
import { type Clock, systemClock } from '../src/lib/clock.ts'
import { type Report, reportUncaught } from '../src/lib/report.ts'
import type { SealingKey } from '../src/lib/sealing-keys.ts'
import { openWorld } from '../src/ports/store-contract/world.contract.ts'

/**
 * A store in a folder of its own, whose raw bytes can be looked through. The world's `reopen` closes it and
 * opens the same data, under the `keys` of then; where that is refused, it may be asked again.
 */
export async function openStoreOnDisk({
  clock = systemClock,
  keys = () => [],
  report = reportUncaught,
}: {
  clock?: Clock
  keys?: () => readonly SealingKey[]
  report?: Report
} = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'confab-on-disk-'))

  async function open() {
    const database = openDatabase({ file: join(folder, 'confab.db') })
    try {
      const store = await openSqliteStore({ database, clock, limits: defaultLimits, keys: keys(), report })
      return { database, store }
    } catch (refused) {
      database.close()
      throw refused
    }
  }
  const first = await open()
  let opened: typeof first | undefined = first
  async function close() {
    await opened?.store[Symbol.asyncDispose]()
    opened?.database.close()
    opened = undefined
  }

  const world = await openWorld(async () => ({
    store: first.store,
    async reopen() {
      await close()
      const again = await open()
      opened = again
      return again.store
    },
    async [Symbol.asyncDispose]() {
      await close()
      rmSync(folder, { recursive: true })
    },
  }))
  return {
    world,
    database() {
      assert(opened, 'it is open')
      return opened.database
    },
    /** In how many files a text stands: the database, and the log of writes as it lies there. */
    inFiles: (text: string) =>
      readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text)).length,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}
