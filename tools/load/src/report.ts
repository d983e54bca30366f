import { mkdir } from 'node:fs/promises'
import { cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { median } from './measure/statistics.ts'
import type { FigureSummary, Recorded, RecordedRow, Report, Round, RowReport } from './report-shape.ts'
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

/**
 * Renews docs/benchmarks.json and the tables in docs/benchmarks.md: the rows of this report take the place of
 * those of the same name, and all stand in the given order.
 */
export async function record(
  report: Report,
  { root, order, commit }: { root: string; order: readonly string[]; commit: string },
): Promise<void> {
  const { startedAt, length } = report
  const place = Bun.file(join(root, 'docs/benchmarks.json'))
  const before: Recorded = (await place.exists())
    ? JSON.parse(await place.text(), withInfinity)
    : { rows: [] }
  const fresh = report.rows.map((row) => ({ ...row, startedAt, commit, length }))
  const rows = order.flatMap((name) => [...fresh, ...before.rows].find((row) => row.name === name) ?? [])
  const page = Bun.file(join(root, 'docs/benchmarks.md'))
  const [head, rest] = (await page.text()).split(begins)
  const tail = rest?.split(ends)[1]
  if (tail === undefined) throw new Error('docs/benchmarks.md has no place for the table')
  await Bun.write(place, jsonOf({ rows }))
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores. Medians.`
  await Bun.write(
    page,
    `${head}${begins}\n\n${machine}\n\n${runsOf(rows)}\n\n${tableOf(rows)}\n${ends}${tail}`,
  )
}

/** JSON writes null for what took for ever: a share of sends that were never acknowledged. */
const withInfinity = (_key: string, value: unknown) => (value === null ? Number.POSITIVE_INFINITY : value)

/** Which rows were measured when, on what, and how often. */
function runsOf(rows: readonly RecordedRow[]): string {
  const runs = Map.groupBy(rows, ({ startedAt, commit, length, rounds }) => {
    const shortened = length === 1 ? '' : `, each phase ${length} times as long`
    return `- ${startedAt.slice(0, 10)}, ${commit}, rounds: ${rounds.length}${shortened}`
  })
  return [...runs].map(([run, own]) => `${run}: ${own.map(({ name }) => name).join(', ')}`).join('\n')
}

const jsonOf = (value: Report | Recorded) => `${JSON.stringify(value, undefined, 2)}\n`
