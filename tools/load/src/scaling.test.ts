import { expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Recorded } from './report-shape.ts'
import { renewScaling } from './scaling.ts'

const root = join(import.meta.dir, '../../..')

// Fails where a row was recorded, or a line changed, and the page not renewed: scaling.ts says by which command.
test('[LOAD16] docs/scaling.md has the recorded figures and their sums', async () => {
  const page = await Bun.file(join(root, 'docs/scaling.md')).text()
  expect(renewScaling(page, await Bun.file(join(root, 'docs/benchmarks.json')).json())).toBe(page)
})

test('[LOAD16] what saturates first stands first on docs/scaling.md', async () => {
  const page = await Bun.file(join(root, 'docs/scaling.md')).text()
  const shares = [...page.matchAll(/^\| `full_\w+` .* ([\d.,]+) % \|$/gm)].map(([, share = '']) =>
    Number(share.replaceAll(',', '')),
  )
  expect(shares.length).toBeGreaterThan(2)
  expect(shares).toEqual(shares.toSorted((left, right) => right - left))
})

const rowOf = (commit: string, value: number, voidRounds = 0): Recorded => ({
  rows: [
    {
      ...{ name: 'cluster-reads', work: 'pages', startedAt: '', commit, length: 1, rounds: [] },
      systems: ['cluster', 'confab'],
      summary: [
        {
          figure: { key: 'cpu', label: 'CPU a page', unit: 'µs', digits: 0, better: 'less' },
          ...{ value, other: 307, ratio: 4, difference: 0, met: undefined, voidRounds },
        },
      ],
    },
  ],
})
const pageOf = (...lines: string[]) =>
  ['| name | what | from | figure |', '|---|---|---|---|', ...lines].join('\n')
const given = '| `reads` | a second | given | 500,000 |'

test('[LOAD16] a row that changed changes its figure, every sum of it and every sentence', () => {
  const page = pageOf(
    given,
    '| `page` | it costs | `cluster-reads`: CPU a page | 1 µs |',
    '| `plain` | on SQLite | `cluster-reads`, beside it: CPU a page | 1 µs |',
    '| `cores` | for all | `up(reads × (page − plain) ÷ 2 + 0.5)` | 1 cores |',
    'So `cores` (1 cores), and `others` (1) stay.',
  )
  expect(renewScaling(page, rowOf('aaaaaaa', 1229, 1))).toBe(
    pageOf(
      given,
      '| `page` | it costs | `cluster-reads`: CPU a page | 1,229 µs (void: 1) |',
      '| `plain` | on SQLite | `cluster-reads`, beside it: CPU a page | 307 µs (void: 1) |',
      '| `cores` | for all | `up(reads × (page − plain) ÷ 2 + 0.5)` | 231 cores |',
      'So `cores` (231 cores), and `others` (1) stay.',
    ),
  )
})

test('[LOAD16] a note counts in place of the row that it speaks of, and no longer', () => {
  const noted = pageOf(
    '| `page` | it costs | `cluster-reads`: CPU a page; of aaaaaaa its note’s 900 µs | 900 µs |',
  )
  expect(renewScaling(noted, rowOf('aaaaaaa', 1229))).toBe(noted)
  expect(renewScaling(noted, rowOf('bbbbbbb', 1000))).toBe(
    pageOf('| `page` | it costs | `cluster-reads`: CPU a page | 1,000 µs |'),
  )
})

test('[LOAD16] what names no row, no figure or no sum is refused', () => {
  const renewed = (from: string) => () =>
    renewScaling(pageOf(given, `| \`x\` | it | ${from} | 1 |`), rowOf('a', 1))
  for (const from of [
    '`cluster-read`: CPU a page',
    '`cluster-reads`: CPU',
    '`reads × writes`',
    '`reads reads`',
  ])
    expect(renewed(from)).toThrow('docs/scaling.md')
  expect(renewed('`reads × 2`')).not.toThrow()
})
