import { expect, test } from 'bun:test'
import { type UserId, userId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import { createMemoryPresence, openMemoryPresence } from '../../drivers/memory/presence.ts'
import { openDatabase } from '../../drivers/sql/database.ts'
import { openSqliteStore } from '../../drivers/sql/sqlite-store.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import type { PresenceBoard, Seen } from '../../ports/presence.ts'
import type { Store } from '../../ports/store.ts'
import type { Write } from '../../ports/writes.ts'
import { openCommitQueue } from '../delivery/commit-queue.ts'
import { openKeptPresence } from './kept-presence.ts'

const [ana, ben] = ['a', 'b'].map((last) => userId.parse(`01900000-0000-7000-8000-00000000000${last}`)) as [
  UserId,
  UserId,
]
const report = (_context: string, cause: unknown) => {
  throw cause
}

/** Servers one after the other on the same store, each with a board that dies with it. */
async function setUp() {
  const clock = manualClock()
  const database = openDatabase({ file: ':memory:' })
  const store = await openSqliteStore({ database, limits: defaultLimits })
  for (const id of [ana, ben]) await store.createUser({ id, name: 'A person', handle: 'person', at: 0 })
  const committed: (readonly Write[])[] = []
  let failures = 0
  let meanwhile: (() => Promise<void>) | undefined
  const reading: Pick<Store, 'presences'> = {
    async presences(ids) {
      const found = await store.presences(ids)
      const act = meanwhile
      meanwhile = undefined
      await act?.()
      return found
    },
  }
  const recording: Pick<Store, 'commit'> = {
    commit: async (writes) => {
      if (failures-- > 0) throw new Error('the disk is full')
      committed.push(writes)
      return store.commit(writes)
    },
  }
  const reports: unknown[] = []
  const commits = openCommitQueue({ store: recording, announce: () => undefined, report: () => undefined })
  return {
    clock,
    committed,
    reports,
    failNext: (count: number) => {
      failures = count
    },
    start(board: PresenceBoard = openMemoryPresence({ clock, report })): PresenceBoard {
      const noteFailure = (_context: string, cause: unknown) => reports.push(cause)
      return openKeptPresence({ board, store: reading, commits, clock, report: noteFailure })
    },
    /** What is done between the next reading of the store and its answer. */
    whileReading: (act: () => Promise<void>) => {
      meanwhile = act
    },
    async written() {
      await settled()
      while (commits.depth > 0) await settled()
    },
    [Symbol.asyncDispose]: async () => {
      await commits[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      database.close()
    },
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

test('[LAST1] when one was last seen outlasts a restart, of who had left and of who was still there', async () => {
  await using server = await setUp()
  const first = server.start()
  const [before] = await first.look([ana])
  await first.connect(ana, 'phone')
  await first.connect(ben, 'phone')
  server.clock.advance(5_000)
  await first.disconnect(ana, 'phone')
  const leftAt = server.clock.now()
  server.clock.advance(5_000)
  await first[Symbol.asyncDispose]()
  const stoppedAt = server.clock.now()

  server.clock.advance(3_600_000)
  const second = server.start()
  expect(before).toEqual({ userId: ana, status: 'offline', lastSeenAt: null })
  expect(await second.look([ben, ana])).toEqual([
    { userId: ben, status: 'offline', lastSeenAt: stoppedAt },
    { userId: ana, status: 'offline', lastSeenAt: leftAt },
  ])
  await second.connect(ana, 'phone')
  expect(await second.look([ana])).toEqual([{ userId: ana, status: 'online', lastSeenAt: null }])
})

test('[LAST2] a crash takes at most a minute of it', async () => {
  await using server = await setUp()
  const first = server.start()
  await first.connect(ana, 'phone')
  server.clock.advance(600_000)
  await server.written()
  // Nothing is closed: the process is gone.
  const [seen] = await server.start().look([ana])
  expect(seen?.status).toBe('offline')
  expect(seen?.lastSeenAt).toBeWithin(server.clock.now() - 60_000, server.clock.now() + 1)
})

test('[LAST3] who was invisible is so after a restart, and was seen by nobody in between; busy likewise', async () => {
  await using server = await setUp()
  const first = server.start()
  await first.connect(ana, 'phone')
  await first.connect(ben, 'phone')
  server.clock.advance(5_000)
  await first.choose(ana, 'phone', 'invisible')
  const hiddenAt = server.clock.now()
  await first.choose(ben, 'phone', 'busy')
  server.clock.advance(600_000)
  await first[Symbol.asyncDispose]()

  const second = server.start()
  const told: Seen[] = []
  second.onChange((seen) => told.push(seen))
  await second.connect(ana, 'phone')
  await second.connect(ben, 'phone')
  expect(told).toEqual([{ userId: ben, status: 'busy', lastSeenAt: null }])
  expect(await second.look([ana])).toEqual([{ userId: ana, status: 'offline', lastSeenAt: hiddenAt }])
  await second.choose(ana, 'phone', 'online')
  await second[Symbol.asyncDispose]()
  const third = server.start()
  await third.connect(ana, 'phone')
  expect((await third.look([ana]))[0]?.status).toBe('online')
})

test('[LAST6] what was chosen is kept before it is answered, and where it can’t be it is not chosen', async () => {
  await using server = await setUp()
  const first = server.start()
  await first.connect(ana, 'phone')
  await first.connect(ben, 'phone')
  await first.choose(ana, 'phone', 'invisible')
  const hiddenAt = server.clock.now()
  server.failNext(1)
  await expect(first.choose(ben, 'phone', 'invisible')).rejects.toMatchObject({ code: 'overloaded' })
  expect((await first.look([ben]))[0]?.status).toBe('online')
  // Nothing is closed and no time passes: the process is gone.
  const second = server.start()
  await second.connect(ana, 'phone')
  await second.connect(ben, 'phone')
  expect(await second.look([ana, ben])).toEqual([
    { userId: ana, status: 'offline', lastSeenAt: hiddenAt },
    { userId: ben, status: 'online', lastSeenAt: null },
  ])
  await first.choose(ben, 'phone', 'invisible')
  expect((await first.look([ben]))[0]?.status).toBe('offline')
})

test('[LAST6] of two choices made at once the later one holds', async () => {
  await using server = await setUp()
  const board = server.start()
  await board.connect(ana, 'phone')
  await Promise.all([board.choose(ana, 'phone', 'invisible'), board.choose(ana, 'phone', 'online')])
  expect((await board.look([ana]))[0]?.status).toBe('online')
})

test('[LAST6] away that is said while its connection comes in is said of it', async () => {
  await using server = await setUp()
  const board = server.start()
  await Promise.all([board.connect(ana, 'phone'), board.setConnection(ana, 'phone', 'away')])
  expect((await board.look([ana]))[0]?.status).toBe('away')
})

test('[LAST7] what was chosen on another node holds: for a new socket here, and for the same choice again', async () => {
  await using server = await setUp()
  const both = createMemoryPresence({ clock: server.clock, report })
  const [here, there] = [server.start(both.join()), server.start(both.join())]
  const status = async () => (await there.look([ana])).map((one) => one.status)[0]
  await here.connect(ana, 'phone')
  await here.choose(ana, 'phone', 'invisible')
  await there.connect(ana, 'desk')
  expect(await status()).toBe('offline')
  await there.choose(ana, 'desk', 'online')
  await here.connect(ana, 'tablet')
  expect(await status()).toBe('online')
  await here.choose(ana, 'phone', 'invisible')
  expect(await status()).toBe('offline')
  // Kept as well: the next one to start knows it.
  const next = server.start()
  await next.connect(ana, 'phone')
  expect((await next.look([ana]))[0]?.status).toBe('offline')
})

test('[LAST7] … though it is made while the one who connects here is looked up', async () => {
  await using server = await setUp()
  const both = createMemoryPresence({ clock: server.clock, report })
  const [here, there] = [server.start(both.join()), server.start(both.join())]
  await there.connect(ana, 'desk')
  await there.choose(ana, 'desk', 'busy')
  server.whileReading(() => there.choose(ana, 'desk', 'invisible'))
  await here.connect(ana, 'phone')
  expect((await here.look([ana]))[0]?.status).toBe('offline')
})

test('[LAST4] however often one comes and goes, it is written once in a while', async () => {
  await using server = await setUp()
  const board = server.start()
  for (let round = 0; round < 100; round++) {
    await board.connect(ana, 'phone')
    server.clock.advance(1)
    await board.disconnect(ana, 'phone')
  }
  const leftAt = server.clock.now()
  server.clock.advance(250)
  await server.written()
  expect(server.committed).toEqual([
    [{ write: 'presences.keep', presences: [{ userId: ana, lastSeenAt: leftAt }] }],
  ])
})

test('[LAST8] each node notes who is connected through it, and nobody who has left, or is invisible', async () => {
  await using server = await setUp()
  const both = createMemoryPresence({ clock: server.clock, report })
  const [here, there] = [both.join(), both.join()]
  const [anas, bens] = [server.start(here), server.start(there)]
  await anas.connect(ana, 'phone')
  await bens.connect(ben, 'phone')
  await bens.choose(ben, 'phone', 'invisible')
  server.clock.advance(1_000)
  await server.written()
  server.committed.length = 0
  server.clock.advance(60_000)
  await server.written()
  const notedAt = server.clock.now() - 1_000
  expect(server.committed).toEqual([
    [{ write: 'presences.keep', presences: [{ userId: ana, lastSeenAt: notedAt }] }],
  ])
  await bens[Symbol.asyncDispose]()
  expect(server.committed).toHaveLength(1)
})

test('[LAST8] … nor who hides again, comes or leaves while invisible, or hides without having been there', async () => {
  await using server = await setUp()
  const first = server.start()
  await first.connect(ana, 'phone')
  await first.choose(ana, 'phone', 'invisible')
  const hiddenAt = server.clock.now()
  await first.choose(ben, 'gone already', 'invisible')
  server.clock.advance(5_000)
  await first.choose(ana, 'phone', 'invisible')
  await first.disconnect(ana, 'phone')
  await first[Symbol.asyncDispose]()
  const second = server.start()
  await second.connect(ana, 'phone')
  server.clock.advance(5_000)
  await second[Symbol.asyncDispose]()
  expect(await server.start().look([ana, ben])).toEqual([
    { userId: ana, status: 'offline', lastSeenAt: hiddenAt },
    { userId: ben, status: 'offline', lastSeenAt: null },
  ])
})

test('[LAST8] … though the board is frozen and tells of nobody', async () => {
  await using server = await setUp()
  const board = openMemoryPresence({ clock: server.clock, report })
  const frozen = { ...board, onChange: () => () => undefined }
  const kept = server.start(frozen)
  await kept.connect(ana, 'phone')
  await kept.connect(ben, 'phone')
  server.clock.advance(5_000)
  await kept.disconnect(ana, 'phone')
  await kept.choose(ben, 'phone', 'invisible')
  const leftAt = server.clock.now()
  server.clock.advance(600_000)
  await server.written()
  await kept[Symbol.asyncDispose]()
  const seen = await server.start().look([ana, ben])
  expect(seen.map(({ lastSeenAt }) => lastSeenAt)).toEqual([leftAt, leftAt])
})

test('[LAST5] what could not be written is reported and written later', async () => {
  await using server = await setUp()
  const board = server.start()
  await board.connect(ana, 'phone')
  await board.disconnect(ana, 'phone')
  server.failNext(1)
  server.clock.advance(250)
  await server.written()
  expect([server.reports.length, server.committed.length]).toEqual([1, 0])
  server.clock.advance(250)
  await server.written()
  expect((await server.start().look([ana]))[0]?.lastSeenAt).toBe(server.clock.now() - 500)
})
