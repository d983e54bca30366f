import { parseArgs } from 'node:util'
import { allRows } from './rows/all-rows.ts'

export interface Options {
  /** By name; all without `--row`. */
  rows: string[]
  rounds: number
  /** Multiplies how long each phase runs. */
  length: number
  /** Leaves the JSON here; undefined: in `.cache/bench/`. */
  json: string | undefined
  /** Also renews docs/benchmarks.json and the table of docs/benchmarks.md. */
  record: boolean
  /** Runs the server under the runtime's profiler. */
  profile: boolean
}

export const usage = `usage: npm run bench -- [options]

  --row NAME     only this row; may be given again: ${allRows.map(({ name }) => name).join(', ')}
  --rounds N     rounds of each row, both systems in turn (5)
  --length X     multiplies how long each phase lasts (1)
  --json FILE    where the figures go (.cache/bench/)
  --record       renews docs/benchmarks.json and the table of docs/benchmarks.md
  --profile      Confab's server alone, with --cpu-prof; the profiles go to .cache/bench/`

export class WrongOptions extends Error {
  override readonly name = 'WrongOptions'
}

export function parseOptions(words: readonly string[]): Options {
  const { values } = read(words)
  const rounds = Number(values.rounds)
  const length = Number(values.length)
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new WrongOptions('--rounds must be a whole number from 1')
  if (!(length > 0)) throw new WrongOptions('--length must be a number above 0')
  const rows = values.row ?? allRows.map(({ name }) => name)
  const unknown = rows.find((name) => !allRows.some((row) => row.name === name))
  if (unknown !== undefined) throw new WrongOptions(`there is no row ${unknown}`)
  return {
    rows,
    rounds,
    length,
    json: values.json,
    record: values.record,
    profile: values.profile,
  }
}

function read(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        row: { type: 'string', multiple: true },
        rounds: { type: 'string', default: '5' },
        length: { type: 'string', default: '1' },
        json: { type: 'string' },
        record: { type: 'boolean', default: false },
        profile: { type: 'boolean', default: false },
      },
    })
  } catch (cause) {
    throw new WrongOptions(cause instanceof Error ? cause.message : 'wrong options', { cause })
  }
}
