import { expect, test } from 'bun:test'
import { zipf } from './zipf.ts'

function countsOf(draw: () => number, draws: number): Map<number, number> {
  const counts = new Map<number, number>()
  for (let index = 0; index < draws; index++) {
    const drawn = draw()
    counts.set(drawn, (counts.get(drawn) ?? 0) + 1)
  }
  return counts
}

test('[LOAD11] the n-th busiest is drawn 1/n as often as the busiest', () => {
  const draws = 200_000
  const counts = [...countsOf(zipf(1_000, 1), draws).values()].sort((a, b) => b - a)
  const harmonic = Array.from({ length: 1_000 }, (_, index) => 1 / (index + 1)).reduce((a, b) => a + b)
  for (const rank of [1, 2, 3, 10, 50]) {
    const expected = draws / harmonic / rank
    expect(Math.abs((counts[rank - 1] ?? 0) - expected)).toBeLessThan(0.1 * expected)
  }
  expect(counts.length).toBeGreaterThan(990)
})

test('[LOAD11] the same seed draws the same, another makes others the busiest', () => {
  const drawn = (seed: number) => {
    const draw = zipf(100, seed)
    return Array.from({ length: 50 }, draw)
  }
  expect(drawn(1)).toEqual(drawn(1))
  expect(drawn(1)).not.toEqual(drawn(2))
})
