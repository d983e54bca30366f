import { expect, test } from 'bun:test'
import { faultKinds } from './faults/fault.ts'
import { randomFrom } from './random.ts'
import { scheduleOf, skippedKinds } from './schedule.ts'

const schedule = (seed: number, kinds = faultKinds) => scheduleOf(randomFrom(seed), { rounds: 3, kinds })

test('[CHAOS4] a seed gives the same faults again, and another one others', () => {
  expect(schedule(7)).toEqual(schedule(7))
  expect(schedule(7)).not.toEqual(schedule(8))
})

test('[CHAOS4] each round has every possible kind once', () => {
  const faults = schedule(7)
  for (const round of [0, 1, 2]) {
    const own = faults.slice(round * faultKinds.length, (round + 1) * faultKinds.length)
    expect(own.toSorted()).toEqual(faultKinds.toSorted())
  }
})

test('[CHAOS3] what the machine does not allow is named with the reason, and nothing else is', () => {
  expect(skippedKinds({ hasDisk: true, hasClock: true })).toEqual([])
  const skipped = skippedKinds({ hasDisk: false, hasClock: false })
  expect(skipped.map(({ kind }) => kind)).toEqual(['disk-full', 'clock-forward', 'clock-back'])
  for (const { why } of skipped) expect(why.length).toBeGreaterThan(10)
})
