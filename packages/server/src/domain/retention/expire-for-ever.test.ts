import { expect, test } from 'bun:test'
import { defaultLimits } from '@confab/protocol/limits'
import { openDatabase } from '../../drivers/sql/database.ts'
import { openSettings } from '../../drivers/sql/settings.ts'
import { openSqliteStore } from '../../drivers/sql/sqlite-store.ts'
import { sqliteStatements } from '../../drivers/sql/statements.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import type { Store } from '../../ports/store.ts'
import { openWorld } from '../../ports/store-contract/world.contract.ts'
import { openCommitQueue } from '../delivery/commit-queue.ts'
import { expiredAtOnce, expireForEver, lookedAtOnce } from './expire-for-ever.ts'

const dayMs = 24 * 3_600_000
const minuteMs = 60_000
const report = (_context: string, cause: unknown) => {
  throw cause
}

/** A server's store and what goes with it; `tell` hears how many events each write of a batch made. */
async function openKept(stack: AsyncDisposableStack, tell: (counts: number[]) => void) {
  const database = stack.adopt(openDatabase({ file: ':memory:' }), (open) => open.close())
  const store = await openSqliteStore({ database, limits: defaultLimits })
  const world = await openWorld(async () => ({
    store,
    reopen: async () => store,
    [Symbol.asyncDispose]: async () => undefined,
  }))
  stack.use(store)
  const settings = openSettings(sqliteStatements(database))
  const commits = stack.use(
    openCommitQueue({
      store,
      announce: (batch) => tell(batch.map(({ events }) => events.length)),
      report,
    }),
  )
  return { store, settings, commits, world }
}

test('[RETAIN1] what is older than it is kept goes in steps, a second apart, and nothing else does', async () => {
  await using stack = new AsyncDisposableStack()
  const told: number[] = []
  const { store, settings, commits, world } = await openKept(stack, (counts) => void told.push(...counts))
  const clock = manualClock(world.now)
  const ann = await world.user('Ann')
  const [large, small] = [await world.group([ann]), await world.group([ann])]
  for (let sent = 0; sent < 2.5 * expiredAtOnce; sent++) await world.send(large, ann)
  await world.send(small, ann)
  world.now += dayMs
  await world.send(large, ann, { text: 'young' })
  await settings.write({ name: 'retention', value: { days: 1 }, actorId: ann, at: 0 })
  const textsOf = async (conversationId: typeof large) => {
    const { messages } = await store.history({ conversationId, viewerId: ann, limit: 1_000 })
    return messages.map(({ text }) => text).filter((text) => text !== '')
  }

  clock.advance(dayMs - minuteMs)
  stack.use(expireForEver({ store, settings, commits, clock, report }))
  const until = async (isSo: () => Promise<boolean>) => {
    for (let turns = 0; !(await isSo()); turns++) {
      expect(turns).toBeLessThan(1_000)
      await new Promise(setImmediate)
      clock.advance(20)
    }
  }
  // It begins before anything is due, and rests.
  await new Promise(setImmediate)
  expect(await textsOf(small)).toEqual(['hello'])
  expect(told).toEqual([])

  clock.advance(11 * minuteMs)
  const startedAt = clock.now()
  await until(async () => (await textsOf(large)).length === 1)
  expect(await textsOf(large)).toEqual(['young'])
  expect(await textsOf(small)).toEqual([])
  expect(clock.now() - startedAt).toBeGreaterThan(1_900)
  expect(Math.max(...told)).toBe(expiredAtOnce)
  expect(told.reduce((sum, count) => sum + count, 0)).toBe(2.5 * expiredAtOnce + 1)
})

test('[RETAIN4] between two pages of conversations others have their turn', async () => {
  await using stack = new AsyncDisposableStack()
  const { store, settings, commits, world } = await openKept(stack, () => undefined)
  const ann = await world.user('Ann')
  for (let made = 0; made < 2 * lookedAtOnce + 1; made++) await world.group([ann])
  await settings.write({ name: 'retention', value: { days: 1 }, actorId: ann, at: 0 })
  const clock = manualClock(world.now)
  let looks = 0
  const counted: Pick<Store, 'dueForExpiry'> = {
    dueForExpiry(page) {
      looks++
      return store.dueForExpiry(page)
    },
  }
  stack.use(expireForEver({ store: { ...store, ...counted }, settings, commits, clock, report }))
  for (const pages of [1, 2, 3, 3]) {
    await new Promise(setImmediate)
    expect(looks).toBe(pages)
    clock.advance(0)
  }
})
