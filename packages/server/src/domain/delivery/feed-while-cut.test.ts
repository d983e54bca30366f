import { expect, test } from 'bun:test'
import { conversationId } from '@confab/protocol/ids'
import { eventAt, id, settled, setUpFeed } from '../../../test/set-up-feed.ts'
import type { OpenLogTail } from '../../ports/event-log.ts'

/** A feed of 600 conversations with a log beside its store, of which a test says when it is heard. */
async function setUpLogged() {
  const tails: { reading: number | undefined; isOpen: boolean; hear: Parameters<OpenLogTail>[0] }[] = []
  const made = setUpFeed((hear) => {
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
  tail.hear([{ ...append(), epoch: 'this one', at: 0 }])
  await settled()
  expect(given).toEqual([1])
  feed[Symbol.dispose]()
  expect(tails.map(({ isOpen }) => isOpen)).toEqual([false])
})

test('[EVENTLOG13] what a log tells of another epoch is not looked for in this one', async () => {
  const { append, given, reports, setCut, tails, second } = await setUpLogged()
  setCut(true)
  await second()
  const [tail] = tails
  if (!tail) throw new Error('no log was opened')
  tail.reading = 1
  await second()
  await second()
  tail.hear([{ ...eventAt(9), epoch: 'another', at: 0 }])
  await settled()
  expect([given, reports]).toEqual([[], []])
  tail.hear([{ ...append(), epoch: 'this one', at: 0 }])
  await settled()
  expect([given, reports]).toEqual([[1], []])
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
  const { feed, given, clock, setCut, looks, holdStore } = setUpFeed()
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
