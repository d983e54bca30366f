import { expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { metBy, record, saveReport, summarize } from './report.ts'
import type { Round } from './report-shape.ts'
import type { Row } from './rows/row.ts'
import { tableOf } from './table.ts'

const round = (cpu: number, reason?: string): Round => ({
  figures: { cpu },
  void: reason,
  driverBusy: 0.5,
  othersBusy: 0,
})

const row: Row = {
  name: 'fan-out',
  work: 'some work',
  population: { users: 1, conversations: 1, members: 1, messages: 0 },
  figures: [
    {
      key: 'cpu',
      label: 'CPU',
      unit: 'µs',
      digits: 1,
      better: 'less',
      reach: { of: 'ratio', atMost: 0.5 },
    },
  ],
  run: () => Promise.resolve({}),
}

test('[LOAD6] the ratio is the median of the ratios of rounds, each of which both systems shared', () => {
  const { summary } = summarize(row, [
    { confab: round(1), 'socket.io': round(10) },
    { confab: round(8), 'socket.io': round(16) },
    { confab: round(6), 'socket.io': round(10) },
  ])
  expect(summary).toMatchObject([
    { value: 6, other: 10, ratio: 0.5, difference: -8, met: true, voidRounds: 0 },
  ])
})

test('[LOAD6] without Socket.IO there is no ratio, and no word on a reach that is one', () => {
  const { summary } = summarize(row, [{ confab: round(1) }])
  expect(summary).toMatchObject([{ value: 1, other: undefined, ratio: undefined, met: undefined }])
})

test('[LOAD6] a reach is met at its very value', () => {
  const at = { value: 10, ratio: 0.5, difference: 3 }
  expect(metBy({ of: 'value', atMost: 10 }, at)).toBe(true)
  expect(metBy({ of: 'value', atMost: 9.9 }, at)).toBe(false)
  expect(metBy({ of: 'value', atLeast: 10 }, at)).toBe(true)
  expect(metBy({ of: 'value', atLeast: 10.1 }, at)).toBe(false)
  expect(metBy({ of: 'ratio', atMost: 0.4 }, at)).toBe(false)
  expect(metBy({ of: 'difference', atMost: 3 }, at)).toBe(true)
  expect(metBy({ of: 'difference', atMost: 2.9 }, at)).toBe(false)
  expect(metBy(undefined, at)).toBeUndefined()
})

test('[LOAD7] the table says missed, and void, in so many words', () => {
  const table = tableOf([
    summarize(row, [{ confab: round(9, 'the driver was 95 % busy'), 'socket.io': round(10) }]),
  ])
  expect(table).toContain(
    '| fan-out | CPU    | 9.0 µs | 10.0 µs   | 0.90  | ≤ ratio 0.5 | **missed** (void: 1) |',
  )
})

test('[LOAD13] the figures go where --json says, be it a place of its own or one from the root', async () => {
  const root = await mkdtemp(join(tmpdir(), 'confab-report-'))
  const elsewhere = await mkdtemp(join(tmpdir(), 'confab-report-'))
  const report = { startedAt: '2026-11-21T00:00:00Z', machine: 'a machine', rounds: 1, length: 1, rows: [] }
  await saveReport(report, { root, path: join(elsewhere, 'a.json') })
  await saveReport(report, { root, path: 'b/c.json' })
  expect([
    await Bun.file(join(elsewhere, 'a.json')).json(),
    await Bun.file(join(root, 'b/c.json')).json(),
  ]).toEqual([report, report])
  for (const folder of [root, elsewhere]) await rm(folder, { recursive: true })
})

test('[LOAD15] a row that is recorded takes the place of the last of its name; the others stay, and say when', async () => {
  const root = await mkdtemp(join(tmpdir(), 'confab-report-'))
  const page = join(root, 'docs/benchmarks.md')
  await Bun.write(
    page,
    'Before.\n<!-- table: written by npm run bench -- --record -->\n<!-- end of table -->\nAfter.\n',
  )
  const order = ['start', 'fan-out', 'history']
  const reportOf = (day: string, cpus: Record<string, number>) => ({
    ...{ startedAt: `${day}T00:00:00Z`, rounds: 1, length: 1 },
    rows: Object.entries(cpus).map(([name, cpu]) => summarize({ ...row, name }, [{ confab: round(cpu) }])),
  })
  await record(reportOf('2026-11-20', { history: Number.POSITIVE_INFINITY, 'fan-out': 2 }), {
    root,
    order,
    commit: 'aaaaaaa',
  })
  await record(reportOf('2026-11-21', { 'fan-out': 3, start: 4 }), { root, order, commit: 'bbbbbbb' })
  const told = await Bun.file(page).text()
  expect(told).toStartWith('Before.\n')
  expect(told).toEndWith('\nAfter.\n')
  expect(told).toContain(
    '- 2026-11-21, bbbbbbb, rounds: 1: start, fan-out\n- 2026-11-20, aaaaaaa, rounds: 1: history\n',
  )
  expect(told).toContain('| ∞ µs')
  const { rows } = await Bun.file(join(root, 'docs/benchmarks.json')).json()
  expect(rows).toMatchObject([
    { name: 'start', commit: 'bbbbbbb', summary: [{ value: 4 }] },
    { name: 'fan-out', commit: 'bbbbbbb', summary: [{ value: 3 }] },
    { name: 'history', commit: 'aaaaaaa', summary: [{ value: null }] },
  ])
  await rm(root, { recursive: true })
})
