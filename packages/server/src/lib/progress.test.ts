import { expect, test } from 'bun:test'
import { openProgress } from './progress.ts'

function told(isTerminal: boolean) {
  let now = 0
  let text = ''
  const progress = openProgress({ write: (part) => (text += part), isTerminal, now: () => now })
  for (let done = 1; done <= 1_000; done++) {
    progress.tell('rows', done, 1_000)
    now += 1
  }
  progress.tell('none', 0, 0)
  progress.line('done')
  return text
}

test('[MIGRATE15] elsewhere than on a terminal each further tenth is a line', () => {
  const lines = told(false).split('\n')
  expect(lines.slice(0, 3)).toEqual([
    'rows: 1 of 1000 (0 %)',
    'rows: 100 of 1000 (10 %)',
    'rows: 200 of 1000 (20 %)',
  ])
  expect(lines.slice(-4)).toEqual(['rows: 900 of 1000 (90 %)', 'rows: 1000 of 1000 (100 %)', 'done', ''])
  expect(lines).toHaveLength(13)
})

test('[MIGRATE15] on a terminal a bar is drawn in its place, ten times a second, and gives way to lines', () => {
  const drawn = told(true).split('\r\x1b[K')
  expect(drawn[1]).toBe(`[${' '.repeat(24)}] rows: 1 of 1000 (0 %)`)
  expect(drawn.at(-2)).toBe(`[${'#'.repeat(24)}] rows: 1000 of 1000 (100 %)`)
  expect(drawn.at(-1)).toBe('done\n')
  expect(drawn).toHaveLength(13)
})
