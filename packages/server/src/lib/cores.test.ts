import { expect, test } from 'bun:test'
import { coresWithin } from './cores.ts'

test('[PROC2] the cores of a container are those that its quota grants, and one at least', () => {
  expect(coresWithin(8, undefined)).toBe(8)
  expect(coresWithin(8, 'max 100000\n')).toBe(8)
  expect(coresWithin(8, '250000 100000\n')).toBe(3)
  expect(coresWithin(2, '800000 100000\n')).toBe(2)
  expect(coresWithin(8, '1000 100000\n')).toBe(1)
})
