import { expect, test } from 'bun:test'
import { openCrowdCollector } from './crowd-collector.ts'

/** After which of the sweeps garbage was collected. */
function collectedAfter(arrivals: number[]): number[] {
  const collected: number[] = []
  let sweep = 0
  const collector = openCrowdCollector({ collect: () => void collected.push(sweep) })
  for (const [index, arrived] of arrivals.entries()) {
    sweep = index
    collector.swept(arrived)
  }
  return collected
}

test('[GW13] garbage is collected once, in the lull after a crowd', () => {
  expect(collectedAfter([1_200, 1_200, 0, 0, 0, 0, 0])).toEqual([4])
  expect(collectedAfter([1_200, 1_200, 20, 20, 20, 20])).toEqual([4])
  expect(collectedAfter([2_000, 0, 0, 2_000, 0, 0, 0, 0])).toEqual([6])
})

test('[GW13] never while they still come, and never for a few', () => {
  expect(collectedAfter([2_000, 500, 500, 21, 0, 0])).toEqual([])
  expect(collectedAfter([1_900, 0, 0, 0, 0, 0, 0])).toEqual([])
})
