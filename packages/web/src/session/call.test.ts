import { expect, test } from 'bun:test'
import { waitWords } from './call.ts'

test('[WEB75] a wait is told in seconds, and a long one with its end', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  expect(waitWords(Number.NaN, now)).toBe('in a minute')
  expect(waitWords(1, now)).toBe('in a second')
  expect(waitWords(40, now)).toBe('in 40 seconds')
  expect(waitWords(1_790, now)).toMatch(/^in 30 minutes, at \d/)
})
