import { expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { userId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import { noAddresses, openDoors } from '../../../test/open-doors.ts'
import { openMemoryBus } from '../../drivers/memory/bus.ts'
import { openMemoryPresence } from '../../drivers/memory/presence.ts'
import { openDatabase } from '../../drivers/sql/database.ts'
import { openSqliteStore } from '../../drivers/sql/sqlite-store.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import { openCommitQueue } from '../delivery/commit-queue.ts'
import type { Domain } from '../domain.ts'
import { eraseMe } from './erase-me.ts'

const ana = userId.parse('01900000-0000-7000-8000-00000000000a')
const report = (_context: string, cause: unknown) => {
  throw cause
}

test('[ERASE1] an erasure that was cut off between profile and account is ended by the same call again', async () => {
  const database = openDatabase({ file: ':memory:' })
  const clock = manualClock()
  await using store = await openSqliteStore({ database, limits: defaultLimits })
  await using commits = openCommitQueue({ store, announce: () => undefined, report })
  let failures = 1
  const erased: string[] = []
  const identity = {
    ...noAddresses,
    emailOf: async () => undefined,
    sessions: async () => [],
    confirm: async () => false,
    erase: async (id: string) => {
      if (failures-- > 0) throw new Error('the process died here')
      erased.push(id)
    },
  }
  const domain: Domain = {
    ...{ store, commits, identity, clock, report, limits: defaultLimits, rateLimits: undefined },
    bus: openMemoryBus({ report }),
    presence: openMemoryPresence({ clock }),
    newId: Bun.randomUUIDv7,
    contentSecret: randomBytes(32),
    ...openDoors,
  }
  await store.createUser({ id: ana, name: 'Ana', handle: 'ana', at: 0 })
  await expect(eraseMe(domain, ana)).rejects.toThrow('died here')
  expect(await store.me(ana)).toBeUndefined()
  await eraseMe(domain, ana)
  expect(erased).toEqual([ana])
  database.close()
})
