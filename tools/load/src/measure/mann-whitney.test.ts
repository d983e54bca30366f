import { expect, test } from 'bun:test'
import { mannWhitney } from './mann-whitney.ts'
import { randomOf } from './zipf.ts'

test('[LOAD14] two sets are compared as the textbook does, and as others compute it', () => {
  // The example of SciPy's mannwhitneyu, with method='asymptotic'.
  const { larger, p } = mannWhitney([19, 22, 16, 29, 24], [20, 11, 17, 12])
  expect(larger).toBe(17 / 20)
  expect(p).toBeCloseTo(0.11134688653314041, 6)
})

test('[LOAD14] equal ones are told to be so, in whatever order and however often each occurs', () => {
  expect(mannWhitney([1, 1, 2, 2], [2, 2, 1, 1])).toEqual({ larger: 0.5, p: expect.closeTo(1, 6) })
  expect(mannWhitney([3, 3, 3], [3, 3])).toEqual({ larger: 0.5, p: 1 })
})

test('[LOAD14] what is always larger is told apart, from a difference that is small beside its scatter too', () => {
  const random = randomOf(7)
  const times = (more: number) => Array.from({ length: 400 }, () => more + 5 + 2 * random())
  expect(mannWhitney(times(0), times(0)).p).toBeGreaterThan(0.001)
  expect(mannWhitney(times(0.5), times(0)).p).toBeLessThan(0.001)
  const apart = mannWhitney([11, 12, 13], [1, 2, 3])
  expect(apart.larger).toBe(1)
})
