import { expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { userId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import { noAddresses, openDoors } from '../../../test/open-doors.ts'
import { openMemoryBus } from '../../drivers/memory/bus.ts'
import { openMemoryPresence } from '../../drivers/memory/presence.ts'
import { openAuditLog } from '../../drivers/sql/audit-log.ts'
import { openDatabase } from '../../drivers/sql/database.ts'
import { openSqliteStore } from '../../drivers/sql/sqlite-store.ts'
import { sqliteStatements } from '../../drivers/sql/statements.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import { leaveConversation } from '../conversations/change-members.ts'
import { createConversation } from '../conversations/create-conversation.ts'
import { openCommitQueue } from '../delivery/commit-queue.ts'
import type { Domain } from '../domain.ts'
import { actingFrom } from '../security/act.ts'
import { eraseMe } from './erase-me.ts'

const ana = userId.parse('01900000-0000-7000-8000-00000000000a')
const bob = userId.parse('01900000-0000-7000-8000-00000000000b')
const report = (_context: string, cause: unknown) => {
  throw cause
}

test('[ERASE1] [AUDIT9] an erasure cut off between profile and account is ended by the same call again, and its heirs are in the log once', async () => {
  await using world = await openWorld({ erasures: 'the first dies' })
  const { domain, store, erased, group } = world
  await expect(eraseMe(domain, ana)).rejects.toThrow('died here')
  expect(await store.me(ana)).toBeUndefined()
  await eraseMe(domain, ana)
  expect(erased).toEqual([ana])
  const of = { actorId: ana, at: domain.clock.now(), network: '203.0.113.0/24' }
  expect(await world.kept()).toEqual([
    { ...of, action: 'account.erased', targetId: ana, detail: {} },
    {
      ...{ ...of, action: 'role.changed', targetId: bob },
      detail: { conversationId: group, from: 'member', to: 'owner' },
    },
    { ...of, action: 'role.changed', targetId: bob, detail: { role: 'admin' } },
  ])
})

test('[AUDIT9] whom an owner who leaves makes the owner is in the log with it, and that they are it no more', async () => {
  await using world = await openWorld()
  const { domain, group } = world
  await leaveConversation(domain, group, ana)
  const of = { action: 'role.changed', actorId: ana, network: '203.0.113.0/24' }
  expect(await world.kept()).toMatchObject([
    { ...of, targetId: bob, detail: { conversationId: group, to: 'owner' } },
    { ...of, targetId: ana, detail: { conversationId: group, from: 'owner', to: null } },
  ])
})

/** Ana administers, and owns a group that Bob is in too. Nothing can be appended to the log by itself. */
async function openWorld({ erasures = 'all succeed' }: { erasures?: 'all succeed' | 'the first dies' } = {}) {
  const database = openDatabase({ file: ':memory:' })
  const clock = manualClock()
  const store = await openSqliteStore({ database, limits: defaultLimits })
  const commits = openCommitQueue({ store, announce: () => undefined, report })
  const log = openAuditLog({ statements: sqliteStatements(database), clock })
  let failures = erasures === 'the first dies' ? 1 : 0
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
    audit: { ...log, append: () => Promise.reject(new Error('the process died before this')) },
  }
  await store.createUser({ id: ana, name: 'Ana', handle: 'ana', at: 0 })
  await store.createUser({ id: bob, name: 'Bob', handle: 'bob', at: 1 })
  const { conversation } = await createConversation(domain, ana, {
    kind: 'group',
    name: 'Garden',
    memberIds: [bob],
  })
  return {
    domain: actingFrom(domain, { address: '203.0.113.7' }),
    ...{ store, erased, group: conversation.id },
    kept: async () => (await log.list({ limit: 10 })).items.map(({ id: _, ...record }) => record),
    async [Symbol.asyncDispose]() {
      await commits[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      database.close()
    },
  }
}
