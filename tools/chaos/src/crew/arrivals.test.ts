import { expect, test } from 'bun:test'
import { randomFrom } from '../random.ts'
import { arrive } from './arrivals.ts'

test('[CHAOS11] what is due comes by its schedule alone: one that takes its time moves none after it', async () => {
  const seed = 5
  const perSecond = 1_000
  const dues: number[] = []
  await arrive({
    ...{ perSecond, random: randomFrom(seed) },
    due(at) {
      dues.push(at)
      // As long as a dozen others take to come.
      if (dues.length === 10) Bun.sleepSync(12)
    },
    goesOn: () => dues.length < 100,
  })
  const dice = randomFrom(seed)
  const [first = 0] = dues
  let next = first
  for (const at of dues.slice(1)) {
    next += (-Math.log(1 - dice.next()) * 1_000) / perSecond
    expect(at).toBeCloseTo(next, 6)
  }
})
