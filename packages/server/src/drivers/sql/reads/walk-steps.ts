import type { Database } from 'bun:sqlite'

/** What one page of a walk looks at, at most: some 20 ms. Nobody can interrupt it, so a stop waits for it. */
export const stepRows = 20_000

/** Beyond every place. */
const end = Number.MAX_SAFE_INTEGER

/**
 * A walk through a whole table whose rows are mostly others': answers up to which place one page may look,
 * and `isLast` where that is the end.
 */
export function prepareSteps(database: Database, table: 'messages' | 'events' | 'reactions') {
  const select = database.prepare<{ place: number }, [number]>(
    `SELECT place FROM ${table} WHERE place > ? ORDER BY place LIMIT 1 OFFSET ${stepRows - 1}`,
  )
  return (after: number): { until: number; isLast: boolean } => {
    const until = select.get(after)?.place
    return until === undefined ? { until: end, isLast: true } : { until, isLast: false }
  }
}
