import type { FigureSummary, RowReport } from './report-shape.ts'
import type { Reach } from './rows/row.ts'

const headings = ['row', 'figure', 'Confab', 'Socket.IO', 'ratio', 'reach', '']

/** A Markdown table of the rows. */
export function tableOf(rows: readonly RowReport[]): string {
  const lines = rows.flatMap(({ name, summary }) =>
    summary.map((figure, index) => [index === 0 ? name : '', ...cellsOf(figure)]),
  )
  return markdown([headings, ...lines])
}

/** Shows one row on the terminal as soon as it is there. */
export function printRow(row: RowReport): void {
  console.log(tableOf([row]))
}

function cellsOf({ figure, confab, socketIo, ratio, met, voidRounds }: FigureSummary): string[] {
  const { label, unit, digits, reach } = figure
  const shown = (value: number | undefined) =>
    value === undefined ? '' : `${grouped(value, digits)}${unit.startsWith('/') ? '' : ' '}${unit}`
  return [
    label,
    shown(confab),
    shown(socketIo),
    ratio === undefined ? '' : grouped(ratio, 2),
    reach ? reachWords(reach, shown) : '',
    `${met === undefined ? '' : met ? 'met' : '**missed**'}${voidRounds > 0 ? ` (void: ${voidRounds})` : ''}`.trim(),
  ]
}

function reachWords(reach: Reach, shown: (value: number) => string): string {
  const show = reach.of === 'ratio' ? (value: number) => `ratio ${value}` : shown
  return 'atMost' in reach ? `≤ ${show(reach.atMost)}` : `≥ ${show(reach.atLeast)}`
}

/** 12345.6 as 12,346. */
const grouped = (value: number, digits: number): string =>
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
