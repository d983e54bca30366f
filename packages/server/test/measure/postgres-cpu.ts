import { readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import type { OwnPostgres } from '../../src/drivers/sql/postgres/test-postgres.ts'
import { assert } from '../../src/lib/assert.ts'

/** Answers how many milliseconds of CPU a server has used, all its processes together. */
export async function cpuOfPostgres(server: Pick<OwnPostgres, 'run'>): Promise<() => number> {
  const checkpointer = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
  const [one] = z.array(z.object({ pid: z.number() })).parse([...(await server.run(checkpointer))])
  assert(one, 'PostgreSQL has no checkpointer')
  const postmaster = Number(statOf(one.pid)[1])
  return () => cpuMsBelow(postmaster)
}

/** Of some figures the one in the middle, and those at a quarter and three quarters. */
export function quartiles(values: readonly number[]): string {
  const sorted = values.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)]?.toFixed(0)
  return `${at(0.5)} (quartiles ${at(0.25)} to ${at(0.75)})`
}

function statOf(of: number): string[] {
  const stat = readFileSync(`/proc/${of}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** Of a process and its children, those that have ended included. The kernel counts in steps of 10 ms. */
function cpuMsBelow(parent: number): number {
  let ticks = 0
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const fields = statOf(Number(name))
      if (Number(name) !== parent && Number(fields[1]) !== parent) continue
      const counted = Number(name) === parent ? fields.slice(11, 15) : fields.slice(11, 13)
      for (const field of counted) ticks += Number(field)
    } catch {
      // It has ended meanwhile.
    }
  }
  return ticks * 10
}
