import { parseArgs } from 'node:util'
import { type FaultKind, faultKinds } from './faults/fault.ts'

export interface Options {
  seed: number
  /** How often each fault strikes. */
  rounds: number
  users: number
  faults: FaultKind[]
  /** Leaves the report and the histories here; undefined: in `.cache/chaos/`. */
  out: string | undefined
  /** Runs nothing, and checks the histories of an earlier run, left in this folder. */
  check: string | undefined
  /** Also renews docs/proof/chaos.md and chaos.json. */
  record: boolean
}

export const usage = `usage: npm run chaos -- [options]

  --seed N       what gives the order of the faults, and the work: 1
  --rounds N     how often each fault strikes (3: about five minutes)
  --users N      users, with two connections each (20)
  --fault NAME   only this one; may be given again: ${faultKinds.join(', ')}
  --out FOLDER   where chaos.md, chaos.json and the histories go (.cache/chaos/)
  --check FOLDER runs nothing and checks the histories in there anew
  --record       renews docs/proof/chaos.md and chaos.json`

export class WrongOptions extends Error {
  override readonly name = 'WrongOptions'
}

export function parseOptions(words: readonly string[]): Options {
  const { values } = read(words)
  const faults = (values.fault ?? faultKinds).map(faultKind)
  return {
    seed: wholeNumber('--seed', values.seed, 0),
    rounds: wholeNumber('--rounds', values.rounds, 1),
    users: wholeNumber('--users', values.users, 6),
    faults,
    out: values.out,
    check: values.check,
    record: values.record,
  }
}

function faultKind(name: string): FaultKind {
  const kind = faultKinds.find((one) => one === name)
  if (!kind) throw new WrongOptions(`there is no fault ${name}`)
  return kind
}

function wholeNumber(name: string, value: string, from: number): number {
  const number = Number(value)
  if (!Number.isInteger(number) || number < from || number >= 2 ** 32)
    throw new WrongOptions(`${name} must be a whole number from ${from}`)
  return number
}

function read(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        seed: { type: 'string', default: '1' },
        rounds: { type: 'string', default: '3' },
        users: { type: 'string', default: '20' },
        fault: { type: 'string', multiple: true },
        out: { type: 'string' },
        check: { type: 'string' },
        record: { type: 'boolean', default: false },
      },
    })
  } catch (cause) {
    throw new WrongOptions(cause instanceof Error ? cause.message : 'wrong options', { cause })
  }
}
