import { expect, test } from 'bun:test'
import { conversationId, type UserId, userId } from '@confab/protocol/ids'
import { openMemoryBus } from '../../drivers/memory/bus.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import type { BusMessage } from '../../ports/bus.ts'
import type { UserChange } from '../../ports/writes.ts'
import { userChannel, userTag } from './channels.ts'
import { lossyBus } from './lossy-bus.ts'
import { openUserFeed } from './user-feed.ts'

const ana = userId.parse('01900000-0000-7000-8000-00000000000a')
const ben = userId.parse('01900000-0000-7000-8000-00000000000b')
const groupAt = (number: number) =>
  conversationId.parse(`01900000-0000-7000-8000-0000000000${10 + (number % 90)}`)

const told = (change: UserChange): BusMessage => ({
  channel: userChannel(ana),
  seq: change.userRev,
  tag: userTag.change,
  body: JSON.stringify(change),
})

/** A user's own log, of which each change is about another thing, durable before the bus is told. */
function setUp() {
  const log: UserChange[] = []
  const given: number[] = []
  const caughtUp: [UserId, number][] = []
  const looked: UserId[][] = []
  const reports: unknown[] = []
  const clock = manualClock()
  const bus = lossyBus(openMemoryBus())
  let storeFails = 0
  let catchingUpFails = 0
  /** What the store has read is answered only then. */
  let answered = Promise.resolve()
  const store = {
    async userRevs(ids: readonly UserId[]) {
      const revs = new Map(ids.map((id) => [id, log.length]))
      await answered
      return revs
    },
    async userChanges(_id: UserId, after: number) {
      if (storeFails-- > 0) throw new Error('the store is away')
      const read = { userRev: log.length, changes: log.slice(after) }
      await answered
      return read
    },
  }
  const feed = openUserFeed({
    ...{ store, bus, clock },
    report: (_context, cause) => reports.push(cause),
    sink: {
      change: ({ userRev }) => given.push(userRev),
      receipt: () => undefined,
      sessionEnded: () => undefined,
      notice: () => undefined,
      look: async (ids) => void looked.push([...ids]),
      async catchUp(id, since) {
        if (catchingUpFails-- > 0) throw new Error('the store is away')
        caughtUp.push([id, since])
      },
    },
  })
  const change = (): UserChange => {
    const userRev = log.length + 1
    const made = { change: 'conversation', userId: ana, userRev, conversationId: groupAt(userRev) } as const
    log.push(made)
    return made
  }
  return {
    ...{ given, caughtUp, looked, reports, clock, bus, feed, change },
    tell: (...changes: UserChange[]) => bus.publish(changes.map(told)),
    failStore: (times: number) => {
      storeFails = times
    },
    failCatchingUp: (times: number) => {
      catchingUpFails = times
    },
    /** The store answers no more questions until the returned function is called. */
    holdStore() {
      const { promise, resolve } = Promise.withResolvers<void>()
      answered = promise
      return resolve
    },
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

test('[OWN1] from where it begins to follow, each change is given in order', async () => {
  const { change, tell, feed, given } = setUp()
  tell(change())
  await feed.follow(ana)
  tell(change(), change())
  expect(given).toEqual([2, 3])
})

test('[OWN1] what comes while the rev is read is given once', async () => {
  const { change, tell, feed, given } = setUp()
  const following = feed.follow(ana)
  tell(change())
  await following
  tell(change())
  await settled()
  expect(given.at(-1)).toBe(2)
  expect(new Set(given).size).toBe(given.length)
})

test('[OWN2] a gap is read from the store, with what comes meanwhile', async () => {
  const { change, tell, bus, feed, given } = setUp()
  await feed.follow(ana)
  bus.loseNext(1)
  tell(change(), change())
  tell(change())
  await settled()
  tell(change())
  expect(given).toEqual([1, 2, 3, 4])
})

test('[OWN2] a lost last change is found by a look, within a second', async () => {
  const { change, tell, bus, feed, given, clock } = setUp()
  await feed.follow(ana)
  bus.loseNext(1)
  tell(change())
  clock.advance(1_000)
  await settled()
  expect(given).toEqual([1])
})

test('[OWN2] [OWN4] what a cut has swallowed is found at once when it ends', async () => {
  const { change, tell, bus, feed, given, caughtUp, looked, clock } = setUp()
  await feed.follow(ana)
  const cutAt = clock.now()
  bus.cut()
  tell(change(), change())
  clock.advance(500)
  bus.mend(cutAt)
  await settled()
  expect({ given, looked }).toEqual({ given: [1, 2], looked: [[ana]] })
  expect(caughtUp.map(([id]) => id)).toEqual([ana])
  expect(caughtUp[0]?.[1]).toBeLessThanOrEqual(cutAt)
})

for (const ms of [3_600_000, -3_600_000])
  test(`[OWN4] what changed before a clock was set by ${ms / 60_000} minutes, and after, is told after a cut`, async () => {
    for (const knowsSince of [true, false]) {
      const { bus, feed, caughtUp, clock } = setUp()
      await feed.follow(ana)
      clock.advance(120_000)
      const cutAt = clock.now()
      bus.cut()
      clock.advance(3_300)
      clock.stepBy(ms)
      const setAt = clock.now()
      clock.advance(300)
      bus.mend(knowsSince ? cutAt : undefined)
      await settled()
      expect(caughtUp.length).toBe(1)
      expect(caughtUp[0]?.[1]).toBeLessThanOrEqual(Math.min(cutAt, setAt))
    }
  })

test('[OWN4] who can’t be caught up with is tried again, and holds up nobody', async () => {
  const { bus, feed, caughtUp, clock, reports, failCatchingUp } = setUp()
  await feed.follow(ana)
  await feed.follow(ben)
  failCatchingUp(1)
  bus.mend()
  await settled()
  expect({ caughtUp: caughtUp.map(([id]) => id), reports: reports.length }).toEqual({
    caughtUp: [ben],
    reports: 1,
  })
  clock.advance(1_000)
  await settled()
  expect(caughtUp.map(([id]) => id)).toEqual([ben, ana])
  expect(new Set(caughtUp.map(([, since]) => since)).size).toBe(1)
})

test('[OWN3] what comes again, and what is followed no more, is not given', async () => {
  const { change, tell, feed, given, clock } = setUp()
  await feed.follow(ana)
  const first = change()
  tell(first, first)
  feed.unfollow(ana)
  tell(change())
  clock.advance(5_000)
  await settled()
  expect(given).toEqual([1])
})

test('[OWN3] who is unfollowed and followed again before it had begun is followed once', async () => {
  const { change, tell, feed, given } = setUp()
  const first = feed.follow(ana)
  feed.unfollow(ana)
  const second = feed.follow(ana)
  await Promise.all([first, second])
  tell(change())
  expect(given).toEqual([1])
  const third = feed.follow(ana)
  feed.unfollow(ana)
  await third
  tell(change())
  expect(given).toEqual([1])
})

test('[OWN1] who is followed again while an earlier repair is under way misses nothing', async () => {
  const { change, tell, bus, feed, given, holdStore } = setUp()
  await feed.follow(ana)
  const answerRepair = holdStore()
  bus.loseNext(1)
  tell(change(), change())
  await settled()
  feed.unfollow(ana)
  const answerRevs = holdStore()
  const following = feed.follow(ana)
  await settled()
  answerRepair()
  await settled()
  tell(change())
  answerRevs()
  await following
  await settled()
  tell(change())
  expect(given).toEqual([3, 4])
})

test('[OWN7] while the bus is cut everybody is looked at each second, their sessions too', async () => {
  const { change, bus, feed, given, looked, clock } = setUp()
  const others = Array.from({ length: 1_100 }, (_, n) =>
    userId.parse(`01900000-0000-7000-8000-${String(n).padStart(12, '0')}`),
  )
  await Promise.all([ana, ...others].map((id) => feed.follow(id)))
  clock.advance(1_000)
  await settled()
  expect(looked.splice(0).map(({ length }) => length)).toEqual([500])
  bus.cut()
  change()
  clock.advance(1_000)
  await settled()
  expect(looked.map(({ length }) => length)).toEqual([500, 500, 101])
  expect(new Set(looked.flat())).toEqual(new Set([ana, ...others]))
  expect(given).toContain(1)
})

test('[OWN5] a repair that fails is reported and tried again until it is done', async () => {
  const { change, tell, bus, feed, given, reports, clock, failStore } = setUp()
  await feed.follow(ana)
  failStore(2)
  bus.loseNext(1)
  tell(change(), change())
  for (let tries = 0; tries < 3; tries++) {
    await settled()
    clock.advance(1_000)
  }
  await settled()
  expect({ given, failures: reports.length }).toEqual({ given: [1, 2], failures: 2 })
})
