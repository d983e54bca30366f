import { mkdir } from 'node:fs/promises'
import { cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { median } from './measure/statistics.ts'
import type { FigureSummary, Report, Round, RowReport } from './report-shape.ts'
import type { Reach, Row } from './rows/row.ts'
import type { SystemName } from './systems.ts'
import { tableOf } from './table.ts'

export function summarize(row: Row, rounds: RowReport['rounds']): RowReport {
  const voidRounds = rounds.flatMap(Object.values<Round>).filter((round) => round.void !== undefined).length
  const summary = row.figures.map((figure): FigureSummary => {
    const values = (name: SystemName) =>
      rounds.map((round) => round[name]?.figures[figure.key]).filter((value) => value !== undefined)
    const confab = median(values('confab'))
    const hasSocketIo = values('socket.io').length === rounds.length
    const socketIo = hasSocketIo ? median(values('socket.io')) : undefined
    const ratio = hasSocketIo ? median(ratiosOf(values('confab'), values('socket.io'))) : undefined
    return { figure, confab, socketIo, ratio, met: metBy(figure.reach, { confab, ratio }), voidRounds }
  })
  return { name: row.name, work: row.work, summary, rounds }
}

const ratiosOf = (confab: number[], socketIo: number[]) =>
  confab.map((value, index) => value / (socketIo[index] ?? Number.NaN))

export function metBy(
  reach: Reach | undefined,
  { confab, ratio }: { confab: number; ratio: number | undefined },
): boolean | undefined {
  const value = reach?.of === 'ratio' ? ratio : confab
  if (!reach || value === undefined) return undefined
  return 'atMost' in reach ? value <= reach.atMost : value >= reach.atLeast
}

/** Answers where the JSON lies, seen from the root. */
export async function saveReport(
  report: Report,
  { root, path }: { root: string; path: string | undefined },
): Promise<string> {
  const file = path ?? join('.cache/bench', `${report.startedAt.replaceAll(/[:.]/g, '-')}.json`)
  await mkdir(dirname(resolve(root, file)), { recursive: true })
  await Bun.write(resolve(root, file), jsonOf(report))
  return file
}

const begins = '<!-- table: written by npm run bench -- --record -->'
const ends = '<!-- end of table -->'

/** Renews docs/benchmarks.json and the table in docs/benchmarks.md. */
export async function record(report: Report, root: string): Promise<void> {
  await Bun.write(join(root, 'docs/benchmarks.json'), jsonOf(report))
  const page = Bun.file(join(root, 'docs/benchmarks.md'))
  const [before, rest] = (await page.text()).split(begins)
  const after = rest?.split(ends)[1]
  if (after === undefined) throw new Error('docs/benchmarks.md has no place for the table')
  const when = `${report.startedAt.slice(0, 10)}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores, medians of ${report.rounds} rounds`
  await Bun.write(page, `${before}${begins}\n\n${when}.\n\n${tableOf(report.rows)}\n${ends}${after}`)
}

const jsonOf = (report: Report) => `${JSON.stringify(report, undefined, 2)}\n`
