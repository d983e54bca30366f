import type { Clock } from '../../../lib/clock.ts'
import type { Report } from '../../../lib/report.ts'
import { DatabaseUnavailable } from '../database-unavailable.ts'
import { openPostgres } from './connection.ts'

/**
 * A server that was told to end is gone within ten seconds; one whose machine is gone, within half a minute.
 */
const waitMs = 3_000
const lookEveryMs = 10_000
const pauseMs = 250

/** Whom a node bears beside itself: none (a command), none since it has no REDIS_URL, or those who have one. */
export type Company = 'alone' | 'without a bus' | 'with others'

const refusals: Record<Company, string> = {
  alone: 'a server runs on this database: stop it first, and every other one that does',
  'without a bus':
    'another server runs on this database: stop it first, or give every server that is to share it REDIS_URL',
  'with others': 'a server that runs on this database is to be alone: it has no REDIS_URL, or is a command',
}

/**
 * Keeps the others off the database where one is to be alone: events go from node to node over a bus, and one
 * in memory ends at its process. Who shares it keeps off those who would be alone. The lock is a session's
 * own, on a connection that does nothing else, and goes with it however the process ends. Where PostgreSQL
 * was restarted it is taken again; that another server took it meanwhile is reported, and nothing of what is
 * stored is in danger: its people would only hear of things late.
 *
 * Throws DatabaseUnavailable where another server holds it.
 */
export async function holdNodeLock({
  url,
  company,
  clock,
  report,
}: {
  url: string
  company: Company
  clock: Clock
  report: Report
}): Promise<AsyncDisposable> {
  const postgres = await openPostgres({ url, bounds: { connections: 1 }, report })
  // Taken again by who has it, it is counted and no more.
  const take = () =>
    postgres.ask<boolean>(
      `SELECT pg_try_advisory_lock${company === 'with others' ? '_shared' : ''}(
        hashtext('confab node'), hashtext(current_schema())) AS answer`,
    )

  const until = performance.now() + waitMs
  while (!(await take())) {
    if (performance.now() < until) await Bun.sleep(pauseMs)
    else {
      await postgres[Symbol.asyncDispose]()
      throw new DatabaseUnavailable(refusals[company], { reason: 'in_use' })
    }
  }

  let cancel = clock.after(lookEveryMs, look)
  let looking = Promise.resolve()
  function look(): void {
    cancel = clock.after(lookEveryMs, look)
    looking = take().then(
      (held) => {
        if (!held) report('another server has taken this database', new Error('several need REDIS_URL'))
      },
      // The pool has told that the database is away.
      () => undefined,
    )
  }

  return {
    async [Symbol.asyncDispose]() {
      cancel()
      await looking
      await postgres[Symbol.asyncDispose]()
    },
  }
}
