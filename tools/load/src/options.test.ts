import { expect, test } from 'bun:test'
import { parseOptions } from './options.ts'

test('[LOAD8] one row, one round', () => {
  expect(parseOptions(['--row', 'fan-out', '--rounds', '1'])).toEqual({
    rows: ['fan-out'],
    rounds: 1,
    length: 1,
    json: undefined,
    record: false,
    profile: false,
  })
})

test('[LOAD8] without words all rows, five rounds', () => {
  const { rows, rounds } = parseOptions([])
  expect(rounds).toBe(5)
  expect(rows).toContain('durable-sends')
})

test('[LOAD8] wrong words are told', () => {
  for (const words of [
    ['--row', 'none'],
    ['--rounds', '0'],
    ['--rounds', 'x'],
    ['--length', '0'],
    ['--what'],
  ]) {
    expect(() => parseOptions(words)).toThrow()
  }
})
