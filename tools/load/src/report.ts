import { mkdir } from 'node:fs/promises'
import { cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { median } from './measure/statistics.ts'
import type { FigureSummary, Report, Round, RowReport } from './report-shape.ts'
import { type Reach, type Row, systemsOf } from './rows/row.ts'
import type { SystemName } from './systems.ts'
import { tableOf } from './table.ts'

export function summarize(row: Row, rounds: RowReport['rounds']): RowReport {
  const voidRounds = rounds.flatMap(Object.values<Round>).filter((round) => round.void !== undefined).length
  const systems = systemsOf(row)
  const [measured = 'confab', compared] = systems
  const summary = row.figures.map((figure): FigureSummary => {
    const valuesOf = (name: SystemName | undefined) =>
      rounds
        .map((round) => (name === undefined ? undefined : round[name]?.figures[figure.key]))
        .filter(isThere)
    const values = valuesOf(measured)
    const others = valuesOf(compared)
    const hasOther = others.length === rounds.length
    const pairs = values.map((value, index) => ({ value, other: others[index] ?? Number.NaN }))
    const told = {
      value: median(values),
      other: hasOther ? median(others) : undefined,
      ratio: hasOther ? median(pairs.map(({ value, other }) => value / other)) : undefined,
      difference: hasOther ? median(pairs.map(({ value, other }) => value - other)) : undefined,
    }
    return { figure, ...told, met: metBy(figure.reach, told), voidRounds }
  })
  return { name: row.name, work: row.work, systems, summary, rounds }
}

const isThere = <Value>(value: Value | undefined): value is Value => value !== undefined

export function metBy(
  reach: Reach | undefined,
  told: Pick<FigureSummary, 'value' | 'ratio' | 'difference'>,
): boolean | undefined {
  const value = reach && told[reach.of]
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
