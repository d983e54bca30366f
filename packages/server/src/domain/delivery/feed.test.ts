import { expect, test } from 'bun:test'
import type { Event } from '@confab/protocol/event'
import fc from 'fast-check'
import { ana, eventAt, id, settled, setUpFeed, told } from '../../../test/set-up-feed.ts'
import { conversationChannel } from './channels.ts'

test('[FEED1] from where it begins to follow, each event is given once and in order', async () => {
  const { feed, append, publish, given } = setUpFeed()
  append()
  await feed.follow([id])
  for (let count = 0; count < 3; count++) publish(append())
  expect(given).toEqual([2, 3, 4])
  expect(feed.position(id)).toBe(4)
})

test('[FEED1] what is followed again while an earlier repair is under way misses nothing', async () => {
  const { feed, append, publish, given, holdStore } = setUpFeed()
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
  const { feed, append, publish, given } = setUpFeed()
  await feed.follow([id])
  const first = append()
  publish(first)
  publish(append())
  publish(first)
  expect(given).toEqual([1, 2])
})

test('[FEED3] a gap is read from the store, with what comes meanwhile', async () => {
  const { feed, append, publish, given } = setUpFeed()
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
  const { feed, append, given, clock, cut } = setUpFeed()
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

test('[FEED5] a repair that fails is reported and tried again until it is done', async () => {
  const { feed, append, publish, given, clock, reports, failStore } = setUpFeed()
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
    const { feed, append, publish, log, given, reports, clock, deleteConversation } = setUpFeed()
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
  const { feed, bus, pushed } = setUpFeed()
  const typing = { channel: conversationChannel(id), seq: 0, body: 'typing' }
  bus.publish([typing])
  await feed.follow([id])
  bus.publish([typing])
  feed.unfollow([id])
  bus.publish([typing])
  expect(pushed).toEqual(['typing'])
})

test('[FEED7] whose `member.left` it is, is told with the event, over the bus and from the store alike', async () => {
  const { feed, append, bus, publish, left } = setUpFeed()
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
      const { feed, append, publish, given, log, clock } = setUpFeed()
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
  const { feed, append, publish, given, failStore } = setUpFeed()
  failStore(1)
  await expect(feed.follow([id])).rejects.toThrow('away')
  expect(feed.position(id)).toBeUndefined()
  await feed.follow([id])
  publish(append())
  expect({ given, followed: feed.followed() }).toEqual({ given: [1], followed: [id] })
})

test('[FEED9] a feed that was closed gives nothing more and leaves no timer', async () => {
  const { feed, append, publish, given, clock } = setUpFeed()
  await feed.follow([id])
  feed[Symbol.dispose]()
  publish(append())
  clock.advance(10_000)
  await settled()
  expect(given).toEqual([])
})

test('[FEED11] whoever catches up is given what is durable without the bus, though reading it fails once', async () => {
  const { feed, append, publish, given, clock, reports, failStore, holdStore } = setUpFeed()
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
