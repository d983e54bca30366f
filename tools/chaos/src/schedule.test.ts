import { expect, test } from 'bun:test'
import { randomFrom } from './random.ts'
import { scheduleOf } from './schedule.ts'
import { skippedFaults, soloFaults } from './solo/fault.ts'

const schedule = (seed: number, kinds: readonly string[] = soloFaults) =>
  scheduleOf(randomFrom(seed), { rounds: 3, kinds })

test('[CHAOS4] a seed gives the same faults again, and another one others', () => {
  expect(schedule(7)).toEqual(schedule(7))
  expect(schedule(7)).not.toEqual(schedule(8))
})

test('[CHAOS4] each round has every possible kind once', () => {
  const faults = schedule(7)
  for (const round of [0, 1, 2]) {
    const own = faults.slice(round * soloFaults.length, (round + 1) * soloFaults.length)
    expect(own.toSorted()).toEqual(soloFaults.toSorted())
  }
})

test('[CHAOS3] what the machine does not allow is named with the reason, and nothing else is', () => {
  expect(skippedFaults({ hasDisk: true, hasClock: true })).toEqual([])
  const skipped = skippedFaults({ hasDisk: false, hasClock: false })
  expect(skipped.map(({ kind }) => kind)).toEqual(['disk-full', 'clock-forward', 'clock-back'])
  for (const { why } of skipped) expect(why.length).toBeGreaterThan(10)
})
