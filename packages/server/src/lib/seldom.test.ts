import { expect, test } from 'bun:test'
import { manualClock } from './manual-clock.ts'
import { openSeldom } from './seldom.ts'

test('[LOG2] of a kind the first is told within its time, and of too many kinds at once the rest is not', () => {
  const clock = manualClock(0)
  const isFirst = openSeldom({ everyMs: 60_000, clock })
  expect(['a', 'a', 'b'].map(isFirst)).toEqual([true, false, true])
  clock.advance(59_999)
  expect(isFirst('a')).toBe(false)
  clock.advance(1)
  expect(['a', 'a'].map(isFirst)).toEqual([true, false])
  clock.advance(60_000)
  const told = Array.from({ length: 10_001 }, (_, index) => isFirst(`${index}`)).filter(Boolean)
  expect(told).toHaveLength(10_000)
})
