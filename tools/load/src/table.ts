import type { FigureSummary, RowReport } from './report-shape.ts'
import type { Reach } from './rows/row.ts'
import type { SystemName } from './systems.ts'

const titles: Record<SystemName, string> = {
  confab: 'Confab',
  'socket.io': 'Socket.IO',
  cluster: 'on PostgreSQL and Redis',
  'two nodes': 'two nodes of it',
}

/** Markdown tables of the rows: those that compare the same in one. */
export function tableOf(rows: readonly RowReport[]): string {
  const groups = Map.groupBy(rows, ({ systems: [measured = 'confab', compared] }) =>
    measured === 'confab' ? 'confab socket.io' : `${measured} ${compared}`,
  )
  return [...groups.values()].map(oneTableOf).join('\n\n')
}

function oneTableOf(rows: readonly RowReport[]): string {
  const [measured = 'confab'] = rows[0]?.systems ?? []
  const compared = rows.flatMap(({ systems }) => systems.slice(1))[0] ?? 'socket.io'
  const lines = rows.flatMap(({ name, summary }) =>
    summary.map((figure, index) => [index === 0 ? name : '', ...cellsOf(figure)]),
  )
  return markdown([['row', 'figure', titles[measured], titles[compared], 'ratio', 'reach', ''], ...lines])
}

/** Shows one row on the terminal as soon as it is there. */
export function printRow(row: RowReport): void {
  console.log(tableOf([row]))
}

function cellsOf({ figure, value, other, ratio, met, voidRounds }: FigureSummary): string[] {
  const { label, unit, digits, reach } = figure
  const shown = (value: number | undefined) =>
    value === undefined ? '' : withUnit(grouped(value, digits), unit)
  return [
    label,
    shown(value),
    shown(other),
    ratio === undefined ? '' : grouped(ratio, 2),
    reach ? reachWords(reach, shown) : '',
    `${met === undefined ? '' : met ? 'met' : '**missed**'}${voidRounds > 0 ? ` (void: ${voidRounds})` : ''}`.trim(),
  ]
}

function reachWords(reach: Reach, shown: (value: number) => string): string {
  const words = { value: '', ratio: 'ratio ', difference: 'difference ' }[reach.of]
  const show = (bound: number) => `${words}${reach.of === 'ratio' ? bound : shown(bound)}`
  return 'atMost' in reach ? `≤ ${show(reach.atMost)}` : `≥ ${show(reach.atLeast)}`
}

export const withUnit = (number: string, unit: string): string =>
  `${number}${unit === '' || unit.startsWith('/') ? '' : ' '}${unit}`

/** 12345.6 as 12,346. */
export const grouped = (value: number, digits: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

function markdown([head = [], ...lines]: string[][]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...lines].map((line) => line[column]?.length ?? 0)),
  )
  const lineOf = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
  return [lineOf(head), rule, ...lines.map(lineOf)].join('\n')
}
