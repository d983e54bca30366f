import { expect, test } from 'bun:test'
import { median, percentile } from './statistics.ts'

test('[LOAD3] a percentile is the smallest sample that the share does not exceed', () => {
  const samples = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(percentile(samples, 0.99)).toBe(99)
  expect(percentile(samples, 0.5)).toBe(50)
  expect(percentile(samples, 1)).toBe(100)
  expect(percentile([7], 0.99)).toBe(7)
  expect(percentile([10, 9, 100], 0.5)).toBe(10)
  expect(percentile([1, Number.POSITIVE_INFINITY], 0.99)).toBe(Number.POSITIVE_INFINITY)
})

test('[LOAD3] of nothing there is no percentile and no median', () => {
  expect(percentile([], 0.5)).toBeNaN()
  expect(median([])).toBeNaN()
})

test('[LOAD3] the median is the middle, by size and not by the alphabet', () => {
  expect(median([10, 9, 100])).toBe(10)
  expect(median([1, 2, 3, 100])).toBe(2.5)
})
