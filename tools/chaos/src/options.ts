import { parseArgs } from 'node:util'
import { clusterFaults } from './cluster/cluster-faults.ts'
import { soloFaults } from './solo/fault.ts'

export interface Options {
  /** Three nodes on their engines, behind a proxy, rather than one server alone. */
  cluster: boolean
  seed: number
  /** How often each fault strikes. */
  rounds: number
  users: number
  /** A second, of a cluster; half as much else is done. */
  sends: number
  faults: readonly string[]
  /** Leaves the report and the histories here; undefined: in `.cache/chaos/`. */
  out: string | undefined
  /** Runs nothing, and checks the histories of an earlier run, left in this folder. */
  check: string | undefined
  /** Also renews the report in docs/proof. */
  record: boolean
}

export const usage = `usage: npm run chaos -- [options]

  --cluster      three nodes on PostgreSQL, Redis, RabbitMQ and Kafka, behind HAProxy, instead of one alone
  --seed N       what gives the order of the faults, and the work: 1
  --rounds N     how often each fault strikes (3: about five minutes; of a cluster 1)
  --users N      users, with two connections each (20; of a cluster 250)
  --sends N      sends a second of a cluster, whatever is answered (40); what else people do is half as much
  --fault NAME   only this one; may be given again: ${soloFaults.join(', ')};
                 of a cluster ${clusterFaults.join(', ')}
  --out FOLDER   where the report (Markdown, JSON) and the histories go (.cache/chaos/)
  --check FOLDER runs nothing and checks the histories in there anew
  --record       also renews the report in docs/proof`

export class WrongOptions extends Error {
  override readonly name = 'WrongOptions'
}

export function parseOptions(words: readonly string[]): Options {
  const { values } = read(words)
  const { cluster } = values
  const known = cluster ? clusterFaults : soloFaults
  const faults = values.fault ?? known
  const unknown = faults.find((fault) => !known.some((one) => one === fault))
  if (unknown !== undefined) throw new WrongOptions(`there is no fault ${unknown}`)
  return {
    cluster,
    seed: wholeNumber('--seed', values.seed, 0),
    rounds: wholeNumber('--rounds', values.rounds ?? (cluster ? '1' : '3'), 1),
    users: wholeNumber('--users', values.users ?? (cluster ? '250' : '20'), 6),
    sends: wholeNumber('--sends', values.sends, 1),
    faults,
    out: values.out,
    check: values.check,
    record: values.record,
  }
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
        cluster: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        rounds: { type: 'string' },
        users: { type: 'string' },
        sends: { type: 'string', default: '40' },
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
