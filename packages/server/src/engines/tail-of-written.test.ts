import { expect, test } from 'bun:test'
import { manualClock } from '../lib/manual-clock.ts'
import { tailOfWritten } from './tail-of-written.ts'

test('[EVENTLOG12] a tail counts as reading while what was committed is written to it within two seconds', async () => {
  const clock = manualClock()
  let doneAgoMs = async () => 100
  const inner = { reading: 7, [Symbol.asyncDispose]: async () => undefined }
  await using tail = tailOfWritten(inner, { doneAgoMs: () => doneAgoMs(), clock })
  const readingAfter = async (ms: number) => {
    clock.advance(ms)
    await new Promise(setImmediate)
    return tail.reading
  }
  expect([tail.reading, await readingAfter(0), await readingAfter(250)]).toEqual([undefined, 7, 7])
  doneAgoMs = async () => 2_001
  expect(await readingAfter(250)).toBe(undefined)
  doneAgoMs = async () => 100
  expect(await readingAfter(250)).toBe(7)
  doneAgoMs = () => Promise.reject(new Error('the store is away'))
  expect([await readingAfter(1_000), await readingAfter(1_000)]).toEqual([7, undefined])
})
