import { expect, test } from 'bun:test'
import type { Event } from '@confab/protocol/event'
import { encodePush } from '@confab/protocol/frames'
import { type ConversationId, conversationId, userId } from '@confab/protocol/ids'
import fc from 'fast-check'
import { openMemoryBus } from '../../drivers/memory/bus.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import type { Bus, BusMessage } from '../../ports/bus.ts'
import type { OpenLogTail } from '../../ports/event-log.ts'
import { conversationChannel } from './channels.ts'
import { type Feed, openFeed } from './feed.ts'

const id = conversationId.parse('01900000-0000-7000-8000-0000000000c0')
const ana = userId.parse('01900000-0000-7000-8000-00000000000a')

const eventAt = (seq: number): Event => ({
  conversationId: id,
  seq,
  type: 'reaction.added',
  actorId: ana,
  at: '2026-01-01T00:00:00.000Z',
  data: { target: 1, emoji: '👍' },
})

const told = (event: Event): BusMessage => ({
  channel: conversationChannel(id),
  seq: event.seq,
  body: encodePush('event', event),
})

/** A log that is durable before it is told of, and a feed that hears of it over the bus it is given. */
function setUp(openTail?: OpenLogTail) {
  const log: Event[] = []
  const given: number[] = []
  const pushed: string[] = []
  const left: unknown[] = []
  const reports: unknown[] = []
  const looks: number[] = []
  const clock = manualClock()
  const inner = openMemoryBus()
  const cuts = new Set<() => void>()
  const onCut = (listener: () => void) => {
    cuts.add(listener)
    return () => cuts.delete(listener)
  }
  let isCut = false
  const bus: Bus = {
    ...inner,
    onCut,
    get isCut() {
      return isCut
    },
  }
  let isGone = false
  let storeFails = 0
  /** What the store has read is answered only then. */
  let answered = Promise.resolve()
  const store = {
    heads: async (ids: readonly ConversationId[]) => {
      looks.push(ids.length)
      if (storeFails-- > 0) throw new Error('the store is away')
      const heads = new Map(isGone ? [] : ids.map((one) => [one, log.length]))
      await answered
      return heads
    },
    events: async ({ after, limit }: { after: number; limit: number }) => {
      if (storeFails-- > 0) throw new Error('the store is away')
      const read = { events: log.slice(after, after + limit), head: log.length }
      await answered
      return read
    },
  }
  const feed: Feed = openFeed({
    store,
    bus,
    openTail,
    clock,
    report: (_context, cause) => reports.push(cause),
    sink: {
      event: (_id, frame, who) => {
        given.push(JSON.parse(frame).params.seq)
        if (who) left.push(who)
      },
      receipt: (_id, frame) => pushed.push(frame),
      push: (_id, frame) => pushed.push(frame),
    },
  })
  const append = (event = eventAt(log.length + 1)) => {
    log.push(event)
    return event
  }
  const publish = (event: Event) => bus.publish([told(event)])
  const cut = () => {
    for (const listener of cuts) listener()
  }
  return {
    log,
    given,
    pushed,
    left,
    reports,
    clock,
    bus,
    feed,
    append,
    publish,
    cut,
    looks,
    setCut(to: boolean) {
      isCut = to
    },
    /** As with its last member. */
    deleteConversation() {
      isGone = true
      log.length = 0
    },
    failStore: (times: number) => (storeFails = times),
    /** The store answers no more questions until the returned function is called. */
    holdStore() {
      const { promise, resolve } = Promise.withResolvers<void>()
      answered = promise
      return resolve
    },
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

test('[FEED1] from where it begins to follow, each event is given once and in order', async () => {
  const { feed, append, publish, given } = setUp()
  append()
  await feed.follow([id])
  for (let count = 0; count < 3; count++) publish(append())
  expect(given).toEqual([2, 3, 4])
  expect(feed.position(id)).toBe(4)
})

test('[FEED1] what is followed again while an earlier repair is under way misses nothing', async () => {
  const { feed, append, publish, given, holdStore } = setUp()
  await feed.follow([id])
  const answerRepair = holdStore()
  append()
  publish(append())
  await settled()
  feed.unfollow([id])
  const answerHeads = holdStore()
  const following = feed.follow([id])
  await settled()
  answerRepair()
  await settled()
  publish(append())
  answerHeads()
  await following
  await settled()
  publish(append())
  expect(given).toEqual([3, 4])
})

test('[FEED2] what comes again or too late is given no second time', async () => {
  const { feed, append, publish, given } = setUp()
  await feed.follow([id])
  const first = append()
  publish(first)
  publish(append())
  publish(first)
  expect(given).toEqual([1, 2])
})

test('[FEED3] a gap is read from the store, with what comes meanwhile', async () => {
  const { feed, append, publish, given } = setUp()
  await feed.follow([id])
  append()
  append()
  publish(append())
  publish(append())
  await settled()
  expect(given).toEqual([1, 2, 3, 4])
  publish(append())
  expect(given).toEqual([1, 2, 3, 4, 5])
})

test('[FEED4] a lost last event is found by the look at the heads, and at once when the bus was cut', async () => {
  const { feed, append, given, clock, cut } = setUp()
  await feed.follow([id])
  append()
  clock.advance(1_000)
  await settled()
  expect(given).toEqual([1])
  append()
  cut()
  await settled()
  expect(given).toEqual([1, 2])
})

/** A feed of 600 conversations with a log beside its store, of which a test says when it is heard. */
async function setUpLogged() {
  const tails: { reading: number | undefined; isOpen: boolean; hear: Parameters<OpenLogTail>[0] }[] = []
  const made = setUp((hear) => {
    const tail = { reading: undefined as number | undefined, isOpen: true, hear }
    tails.push(tail)
    return {
      get reading() {
        return tail.reading
      },
      async [Symbol.asyncDispose]() {
        tail.isOpen = false
      },
    }
  })
  const others = Array.from({ length: 599 }, (_, n) =>
    conversationId.parse(`01900000-0000-7000-8000-${String(n).padStart(12, '0')}`),
  )
  const { feed, clock, looks } = made
  await feed.follow([id, ...others])
  /** How many are looked at in the next second, at a time. */
  const second = async () => {
    looks.length = 0
    clock.advance(1_000)
    await settled()
    return looks.splice(0)
  }
  return { ...made, tails, second, all: [500, 100], some: [500] }
}

test('[EVENTLOG9] while the bus is cut a log is heard, and the store is asked in full only until it is', async () => {
  const { feed, append, given, setCut, tails, second, all, some } = await setUpLogged()
  expect([await second(), tails.length]).toEqual([some, 0])
  setCut(true)
  await second()
  const [tail] = tails
  if (!tail) throw new Error('no log was opened')
  expect(await second()).toEqual(all)
  tail.reading = 1
  // Once more since it reads, and then no longer.
  expect(await second()).toEqual(all)
  expect((await second()).length).toBe(1)
  tail.reading = undefined
  expect(await second()).toEqual(all)
  tail.reading = 2
  expect(await second()).toEqual(all)
  expect((await second()).length).toBe(1)
  tail.hear([{ ...append(), at: 0 }])
  await settled()
  expect(given).toEqual([1])
  feed[Symbol.dispose]()
  expect(tails.map(({ isOpen }) => isOpen)).toEqual([false])
})

test('[EVENTLOG9] what was looked at for one cut counts for no other, also where the first look of it fails', async () => {
  const { setCut, failStore, holdStore, tails, second, all } = await setUpLogged()
  setCut(true)
  await second()
  for (const tail of tails) tail.reading = 1
  expect(await second()).toEqual(all)
  expect((await second()).length).toBe(1)
  setCut(false)
  await second()

  setCut(true)
  failStore(1)
  expect(await second()).toEqual([500])
  for (const tail of tails) tail.reading = 1
  expect(await second()).toEqual(all)
  expect((await second()).length).toBe(1)
  setCut(false)
  await second()

  setCut(true)
  await second()
  for (const tail of tails) tail.reading = 1
  const answer = holdStore()
  expect(await second()).toEqual([500])
  // The look that is under way is of a log that is heard no more.
  setCut(false)
  await second()
  setCut(true)
  await second()
  for (const tail of tails) tail.reading = 1
  answer()
  await settled()
  expect(await second()).toEqual(all)
  expect((await second()).length).toBe(1)
})

test('[FEED12] while the bus is cut every followed conversation is looked at each second, one look at a time', async () => {
  const { feed, given, clock, setCut, looks, holdStore } = setUp()
  // More than one look takes otherwise.
  const many = Array.from({ length: 1_200 }, (_, n) =>
    conversationId.parse(`01900000-0000-7000-8000-${String(n).padStart(12, '0')}`),
  )
  await feed.follow(many)
  looks.length = 0
  clock.advance(1_000)
  await settled()
  expect(looks).toEqual([500])
  setCut(true)
  clock.advance(1_000)
  await settled()
  expect(looks.splice(0)).toEqual([500, 500, 500, 200])
  const answer = holdStore()
  clock.advance(3_000)
  await settled()
  expect(looks.splice(0)).toEqual([500])
  answer()
  await settled()
  setCut(false)
  looks.length = 0
  clock.advance(1_000)
  await settled()
  expect(looks).toHaveLength(1)
  expect(given).toEqual([])
})

test('[FEED5] a repair that fails is reported and tried again until it is done', async () => {
  const { feed, append, publish, given, clock, reports, failStore } = setUp()
  await feed.follow([id])
  failStore(1)
  append()
  publish(append())
  await settled()
  expect({ given, reports: reports.length }).toEqual({ given: [], reports: 1 })
  clock.advance(1_000)
  await settled()
  expect(given).toEqual([1, 2])
})

test('[FEED13] a conversation that is gone is followed no more, where a log that ends too soon is reported', async () => {
  for (const isGone of [true, false]) {
    const { feed, append, publish, log, given, reports, clock, deleteConversation } = setUp()
    await feed.follow([id])
    append()
    const last = append()
    if (isGone) deleteConversation()
    else log.length = 0
    publish(last)
    await settled()
    expect({ given, reports: reports.length }).toEqual({ given: [], reports: isGone ? 0 : 1 })
    expect(feed.followed()).toEqual(isGone ? [] : [id])
    clock.advance(10_000)
    await settled()
    expect(reports.length).toBe(isGone ? 0 : 2)
  }
})

test('[FEED6] what belongs to no log passes as it is, but only for what is followed', async () => {
  const { feed, bus, pushed } = setUp()
  const typing = { channel: conversationChannel(id), seq: 0, body: 'typing' }
  bus.publish([typing])
  await feed.follow([id])
  bus.publish([typing])
  feed.unfollow([id])
  bus.publish([typing])
  expect(pushed).toEqual(['typing'])
})

test('[FEED7] whose `member.left` it is, is told with the event, over the bus and from the store alike', async () => {
  const { feed, append, bus, publish, left } = setUp()
  await feed.follow([id])
  const leave = (seq: number): Event =>
    ({ ...eventAt(seq), type: 'member.left', data: { userId: ana } }) as Event
  bus.publish([{ ...told(append(leave(1))), tag: ana }])
  append(leave(2))
  publish(append())
  await settled()
  expect(left).toEqual([
    { userId: ana, seq: 1 },
    { userId: ana, seq: 2 },
  ])
})

test('[FEED8] whatever the bus loses, doubles and reorders, the feed gives each event once, in order', async () => {
  const bus = fc.array(fc.record({ seq: fc.integer({ min: 1, max: 30 }), pause: fc.boolean() }), {
    maxLength: 60,
  })
  await fc.assert(
    fc.asyncProperty(bus, fc.nat(10), async (deliveries, before) => {
      const { feed, append, publish, given, log, clock } = setUp()
      for (let count = 0; count < before; count++) append()
      const following = feed.follow([id])
      while (log.length < 30) append()
      await following
      const begun = feed.position(id) ?? 0
      for (const { seq, pause } of deliveries) {
        publish(eventAt(seq))
        if (pause) await settled()
      }
      clock.advance(1_000)
      await settled()
      expect(given).toEqual(log.slice(begun).map(({ seq }) => seq))
    }),
    { numRuns: 200 },
  )
})

test('[FEED10] what could not be followed is followed the next time', async () => {
  const { feed, append, publish, given, failStore } = setUp()
  failStore(1)
  await expect(feed.follow([id])).rejects.toThrow('away')
  expect(feed.position(id)).toBeUndefined()
  await feed.follow([id])
  publish(append())
  expect({ given, followed: feed.followed() }).toEqual({ given: [1], followed: [id] })
})

test('[FEED9] a feed that was closed gives nothing more and leaves no timer', async () => {
  const { feed, append, publish, given, clock } = setUp()
  await feed.follow([id])
  feed[Symbol.dispose]()
  publish(append())
  clock.advance(10_000)
  await settled()
  expect(given).toEqual([])
})

test('[FEED11] whoever catches up is given what is durable without the bus, though reading it fails once', async () => {
  const { feed, append, publish, given, clock, reports, failStore, holdStore } = setUp()
  await feed.catchUp(id)
  await feed.follow([id])
  append()
  append()
  await feed.catchUp(id)
  expect(given).toEqual([1, 2])
  const answer = holdStore()
  append()
  const caughtUp = feed.catchUp(id)
  await settled()
  failStore(2)
  answer()
  await caughtUp
  await settled()
  expect({ given, reports: reports.length }).toEqual({ given: [1, 2], reports: 1 })
  clock.advance(1_000)
  await settled()
  publish(append())
  expect(given).toEqual([1, 2, 3, 4])
})
