import { expect, test } from 'bun:test'
import { openClockSetBacks } from './clock-set-backs.ts'
import { manualClock } from './manual-clock.ts'

function setUp() {
  const clock = manualClock()
  const setBacks = openClockSetBacks(clock)
  const pass = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      clock.advance(1_000)
      setBacks.look()
    }
  }
  return { clock, setBacks, pass }
}

test('[SYNC7] a time that the clock shows twice reaches back to where it was set, every other to itself', () => {
  const { clock, setBacks, pass } = setUp()
  pass(60_000)
  const before = clock.now()
  clock.stepBy(-5_000)
  const after = clock.now()
  pass(60_000)
  for (const time of [before - 1, before - 2_000]) {
    const from = setBacks.from(time)
    expect(from).toBeLessThanOrEqual(after)
    expect(from).toBeGreaterThanOrEqual(after - 1_000)
  }
  for (const time of [after - 10_000, clock.now()]) expect(setBacks.from(time)).toBe(time)
})

test('[SYNC7] a clock that is set ahead, or a little back, shows no time twice', () => {
  const { clock, setBacks, pass } = setUp()
  pass(10_000)
  const before = clock.now()
  clock.stepBy(3_600_000)
  pass(10_000)
  clock.stepBy(-100)
  pass(10_000)
  for (const time of [before, clock.now() - 5_000]) expect(setBacks.from(time)).toBe(time)
})

test('[SYNC7] a clock that is set back twice reaches back to the earlier', () => {
  const { clock, setBacks, pass } = setUp()
  pass(10_000)
  const before = clock.now()
  clock.stepBy(-5_000)
  const first = clock.now()
  pass(2_000)
  clock.stepBy(-5_000)
  const second = clock.now()
  pass(60_000)
  expect(second).toBeLessThan(first)
  expect(setBacks.from(before)).toBeLessThanOrEqual(second)
})
