import { join } from 'node:path'
import type { Recorded } from './report-shape.ts'
import { grouped, withUnit } from './table.ts'

/**
 * docs/scaling.md is a sheet of figures. A line of its tables that begins with a name ends with where its
 * figure is from, and the figure:
 *
 *     | `page` | of node and engines | `cluster-reads`: CPU of server and engines a page | 1,229 µs |
 *     | `reads_all` | cores for them | `reads × page` | 615 cores |
 *
 * A recorded row's figure ("beside it": that of what the row is compared with), a sum of figures above it, or
 * given, in any other words. `name` (figure) repeats one in a sentence. What is recorded and what is reckoned
 * is renewed by `npm run bench -- --record`, and by
 *
 *     node_modules/.bin/bun tools/load/src/scaling.ts
 */
const pagePath = 'docs/scaling.md'

const line = /^\| `(\w+)` \| (.+) \| (.+) \| (.+) \|$/
const recorded = /^`([\w-]+)`(, beside it)?: (.+?)(?:; of (\w+) its note’s ([^;]+))?$/
const sum = /^`([^`]+)`$/

/** By the first word behind a number. What isn't here counts as it is: cores, nodes, so many a second. */
const units: Record<string, number> = {
  ...{ µs: 1e-6, ms: 1e-3, '%': 1e-2 },
  ...{ bytes: 1, KB: 1e3, MB: 1e6, GB: 1e9, '/GB': 1e-9 },
}

export function renewScaling(page: string, { rows }: Recorded): string {
  /** As shown, so that each sum can be done again by hand. */
  const figures = new Map<string, string>()
  const figureOf = (name: string): number => {
    const [, number = '', unit = ''] = /^([\d.,]+) ?(\S*)/.exec(figures.get(name) ?? '') ?? []
    if (number === '') throw new Error(`${pagePath}: no figure above is named ${name}`)
    return plain(number) * (units[unit] ?? 1)
  }
  const renewed = page.split('\n').map((text) => {
    const [, name = '', what = '', from = '', before = ''] = line.exec(text) ?? []
    if (name === '') return text
    const own = renewLine({ from, before })
    figures.set(name, own.figure)
    return `| \`${name}\` | ${what} | ${own.from} | ${own.figure} |`
  })

  function renewLine({ from, before }: { from: string; before: string }): { from: string; figure: string } {
    const [, expression] = sum.exec(from) ?? []
    if (expression !== undefined) return { from, figure: shown(reckon(expression, figureOf), before) }
    const [, name, beside, label, commit, noted = ''] = recorded.exec(from) ?? []
    if (name === undefined) return { from, figure: before }
    const row = rows.find((row) => row.name === name)
    const told = row?.summary.find(({ figure }) => figure.label === label)
    const value = beside ? told?.other : told?.value
    if (told === undefined || typeof value !== 'number') throw new Error(`${pagePath}: no row has ${from}`)
    // The note speaks of the row of that commit alone: once it is recorded again, the row counts.
    if (row?.commit === commit) return { from, figure: noted }
    const { digits, unit } = told.figure
    return {
      from: `\`${name}\`${beside ?? ''}: ${label}`,
      figure: `${withUnit(grouped(value, digits), unit)}${told.voidRounds > 0 ? ` (void: ${told.voidRounds})` : ''}`,
    }
  }

  return renewed
    .join('\n')
    .replace(/`(\w+)` \([^)]*\)/g, (text, name) =>
      figures.has(name) ? `\`${name}\` (${figures.get(name)?.replace(/ \(.*/, '')})` : text,
    )
}

/** `up(a ÷ b)` is the next whole number. */
function reckon(expression: string, figureOf: (name: string) => number): number {
  const tokens = expression.match(/[a-z]\w*|[\d.,]+|[^\s]/g) ?? []
  const take = (...wanted: string[]) => (wanted.includes(tokens[0] ?? '') ? tokens.shift() : undefined)
  const chain =
    (next: () => number, signs: Record<string, (left: number, right: number) => number>) => () => {
      let value = next()
      for (;;) {
        const sign = signs[take(...Object.keys(signs)) ?? '']
        if (!sign) return value
        value = sign(value, next())
      }
    }
  const operand = (): number => {
    if (take('up')) return Math.ceil(operand())
    if (take('(')) {
      const value = all()
      if (!take(')')) throw new Error(`${pagePath}: a bracket is open in ${expression}`)
      return value
    }
    const token = tokens.shift() ?? ''
    return /^\d/.test(token) ? plain(token) : figureOf(token)
  }
  const product = chain(operand, { '×': (left, right) => left * right, '÷': (left, right) => left / right })
  const all = chain(product, { '+': (left, right) => left + right, '−': (left, right) => left - right })
  const value = all()
  if (tokens.length > 0) throw new Error(`${pagePath}: ${tokens[0]} is not understood in ${expression}`)
  return value
}

const plain = (number: string): number => Number(number.replaceAll(',', ''))

/** In the unit of the figure before, to three digits, or whole above a hundred. */
function shown(value: number, before: string): string {
  const [, behind = ''] = /^[\d.,]* ?(.*)$/.exec(before) ?? []
  const scaled = value / (units[behind.split(' ')[0] ?? ''] ?? 1)
  const digits = scaled >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 }
  return withUnit(scaled.toLocaleString('en-US', digits), behind)
}

export async function renewScalingPage(root: string): Promise<void> {
  const page = join(root, pagePath)
  const recordedRows: Recorded = await Bun.file(join(root, 'docs/benchmarks.json')).json()
  await Bun.write(page, renewScaling(await Bun.file(page).text(), recordedRows))
}

if (import.meta.main) await renewScalingPage(join(import.meta.dir, '../../..'))
