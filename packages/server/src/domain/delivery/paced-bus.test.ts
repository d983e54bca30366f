import { expect, test } from 'bun:test'
import { openMemoryBus } from '../../drivers/memory/bus.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import type { BusMessage } from '../../ports/bus.ts'
import { userTag } from './channels.ts'
import { openPace, type Reader, sliceBytes } from './pace.ts'
import { pacedBus } from './paced-bus.ts'

const messageBytes = sliceBytes / 4

/** A reader who is written every message that is heard, and takes as much as the test says. */
async function setUp() {
  const clock = manualClock()
  const reader = { bufferedBytes: 0 }
  const bus = openMemoryBus()
  const report = (_context: string, cause: unknown) => {
    throw cause
  }
  const paced = pacedBus({ bus, pace: openPace({ readers: [reader], clock }), report })
  const heard: number[] = []
  await paced.subscribe(['a', 'b'], ({ seq, body }) => {
    heard.push(seq)
    reader.bufferedBytes += body.length
  })
  const messages = (count: number): BusMessage[] =>
    Array.from({ length: count }, (_, index) => ({
      channel: index % 2 === 0 ? 'a' : 'b',
      seq: index + 1,
      body: 'x'.repeat(messageBytes),
    }))
  /** The clock goes on in small steps, and with it what waits for it. */
  async function pass(ms: number) {
    for (let passed = 0; passed < ms; passed += 5) {
      clock.advance(5)
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }
  return { clock, paced, heard, reader, messages, pass }
}

const oneTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

test('[PACE1] a burst comes in slices, whole and in order, whatever its channels', async () => {
  const { paced, heard, reader, messages, pass } = await setUp()
  paced.publish(messages(22))
  expect(heard).toEqual(oneTo(4))
  let most = 0
  while (heard.length < 22) {
    most = Math.max(most, reader.bufferedBytes)
    reader.bufferedBytes = 0
    await pass(5)
  }
  expect(heard).toEqual(oneTo(22))
  expect(most).toBeLessThanOrEqual(2 * sliceBytes)
})

test('[PACE1] less than a slice is heard at once, and so is what comes when a burst is over', async () => {
  const { paced, heard, reader, messages, pass } = await setUp()
  paced.publish(messages(6))
  reader.bufferedBytes = 0
  await pass(20)
  expect(heard).toHaveLength(6)
  paced.publish(messages(1))
  expect(heard).toHaveLength(7)
})

test('[PACE1] what comes on behind a burst is heard at once too, as soon as the burst is over', async () => {
  const { paced, heard, messages, pass } = await setUp()
  paced.publish(messages(6))
  expect(heard).toHaveLength(4)
  await pass(5)
  expect(heard).toHaveLength(6)
  paced.publish(messages(1))
  expect(heard).toHaveLength(7)
})

test('[PACE2] the rest waits as long as who reads is behind', async () => {
  const { paced, heard, reader, messages, pass } = await setUp()
  paced.publish(messages(12))
  for (let took = 0; took < 5; took++) {
    reader.bufferedBytes = 2_000_000 - took
    await pass(100)
  }
  expect(heard).toHaveLength(4)
  reader.bufferedBytes = 0
  await pass(10)
  expect(heard.length).toBeGreaterThan(4)
})

test('[PACE3] who takes nothing for 250 ms is waited for no longer, until they have caught up', async () => {
  const { paced, heard, reader, messages, pass } = await setUp()
  paced.publish(messages(40))
  reader.bufferedBytes = 2_000_000
  await pass(230)
  expect(heard).toHaveLength(4)
  await pass(100)
  expect(heard).toEqual(oneTo(40))
})

test('[PACE3] who reads is waited for though the clock is set meanwhile, and who doesn’t is not', async () => {
  const { clock, paced, heard, reader, messages, pass } = await setUp()
  paced.publish(messages(5))
  reader.bufferedBytes = 2_000_000
  await pass(100)
  clock.stepBy(30_000)
  await pass(100)
  expect(heard).toHaveLength(4)
  clock.stepBy(-60_000)
  await pass(100)
  expect(heard).toHaveLength(5)
})

test('[PACE3] nobody is waited for longer than a second, however slowly they read', async () => {
  const { paced, heard, reader, messages, pass } = await setUp()
  paced.publish(messages(5))
  for (let took = 0; took < 9; took++) {
    reader.bufferedBytes = 2_000_000 - took
    await pass(100)
  }
  expect(heard).toHaveLength(4)
  reader.bufferedBytes -= 10
  await pass(150)
  expect(heard).toHaveLength(5)
})

test('[PACE4] what is more than may wait is heard with the next slice, at no more cost a message', async () => {
  const { paced, heard, reader, pass } = await setUp()
  reader.bufferedBytes = 2_000_000
  const count = 300_000
  const body = 'x'.repeat(400)
  paced.publish(oneTo(count).map((seq) => ({ channel: 'a', seq, body })))
  expect(heard.length).toBeLessThan(count / 100)
  await pass(270)
  const waiting = count - heard.length
  expect(waiting * body.length).toBeLessThanOrEqual(64 * 1024 * 1024)
  expect(heard).toEqual(oneTo(heard.length))
})

test('[PACE5] where the readers can’t be looked at nobody is waited for, and all is heard', async () => {
  const clock = manualClock()
  const broken: Reader = {
    get bufferedBytes(): number {
      throw new Error('gone')
    },
  }
  const bus = openMemoryBus()
  const reports: string[] = []
  const report = (context: string) => void reports.push(context)
  const paced = pacedBus({ bus, pace: openPace({ readers: [broken], clock }), report })
  const heard: number[] = []
  await paced.subscribe(['a'], ({ seq }) => void heard.push(seq))
  const body = 'x'.repeat(messageBytes)
  paced.publish(oneTo(22).map((seq) => ({ channel: 'a', seq, body })))
  for (let passed = 0; passed < 20; passed++) {
    clock.advance(5)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  expect(heard).toEqual(oneTo(22))
  expect(reports.length).toBeGreaterThan(0)
})

test('[PACE6] the end of a session waits for nobody', async () => {
  const { paced, heard, reader, messages, pass } = await setUp()
  reader.bufferedBytes = 2_000_000
  paced.publish(messages(12))
  paced.publish([{ channel: 'a', seq: 0, tag: userTag.sessionEnded, body: 'a session' }])
  expect(heard).toEqual([1, 2, 3, 4, 0])
  reader.bufferedBytes = 0
  await pass(270)
  expect(heard).toContain(12)
})
