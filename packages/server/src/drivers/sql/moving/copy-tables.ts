import type { Arriving } from './marks.ts'
import { keyOf, type Row } from './moved-table.ts'
import { movedTables, numberedTables } from './moved-tables.ts'
import { requireMovable } from './require-movable.ts'
import type { Side } from './side.ts'

/** What one transaction of the target writes. */
const rowsAtOnce = 1_000
const charsAtOnce = 2_000_000

/** Told after each batch: rows of a table that are there. */
export type TellCopied = (table: string, rows: number) => void

/**
 * Copies every table, in batches that each say how far it has come, and goes on from what `progress` says.
 * The target is told of nothing that isn't there, so it may be ended anywhere.
 */
export async function copyTables(
  { source, target }: { source: Side; target: Side },
  progress: Arriving,
  tell: TellCopied,
): Promise<void> {
  let { step } = progress
  const begun = movedTables.findIndex(({ name }) => name === progress.table)
  for (const [index, table] of movedTables.entries()) {
    if (index < begun) continue
    const resumed =
      index === begun ? { after: progress.after, rows: progress.rows } : { after: null, rows: 0 }
    let { rows: copied } = resumed
    for await (const batch of batches(source.rows(table, resumed.after))) {
      for (const row of batch) requireMovable(table, row, target)
      copied += batch.length
      const last = batch.at(-1)
      const after = last ? keyOf(table, last) : null
      step++
      await target.insert(table, batch, { ...progress, step, table: table.name, after, rows: copied })
      tell(table.name, copied)
    }
    tell(table.name, copied)
  }
  for (const table of numberedTables) {
    await target.setLastNumber(table, await source.lastNumber(table))
  }
  await target.gatherStatistics()
}

async function* batches(rows: AsyncIterable<Row>): AsyncGenerator<Row[]> {
  let batch: Row[] = []
  let chars = 0
  for await (const row of rows) {
    batch.push(row)
    for (const value of Object.values(row)) if (typeof value === 'string') chars += value.length
    if (batch.length < rowsAtOnce && chars < charsAtOnce) continue
    yield batch
    batch = []
    chars = 0
  }
  if (batch.length > 0) yield batch
}
