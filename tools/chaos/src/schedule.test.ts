import { expect, test } from 'bun:test'
import { faultKinds } from './faults/fault.ts'
import { randomFrom } from './random.ts'
import { scheduleOf } from './schedule.ts'

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
