import { keyOf, type MovedTable, type Row } from './moved-table.ts'
import { movedTables, numberedTables } from './moved-tables.ts'
import type { Side } from './side.ts'

export interface Compared {
  table: string
  rows: number
  /** SHA-256 over the rows in the order of their key, alike on both engines. */
  digest: string
}

/** Where two installations part: in which table, and at which row. */
export class SidesDiffer extends Error {
  override readonly name = 'SidesDiffer'
  /** EX_DATAERR of sysexits.h. */
  readonly exitStatus = 65
}

/**
 * Reads both sides through, row by row in the same order, and yields each table that is equal. Throws
 * SidesDiffer at the first row that isn't, or is on one side alone.
 */
export async function* compareTables(
  { source, target }: { source: Side; target: Side },
  tell: (table: string, rows: number) => void,
): AsyncGenerator<Compared> {
  for (const table of movedTables) {
    yield await compareTable({ source, target }, table, (rows) => tell(table.name, rows))
  }
  for (const table of numberedTables) {
    const [here, there] = [await source.lastNumber(table), await target.lastNumber(table)]
    if (here !== there) throw new SidesDiffer(`${table}: the last number is ${here} here and ${there} there`)
  }
}

/** One of them alone. */
export async function compareTable(
  { source, target }: { source: Side; target: Side },
  table: MovedTable,
  tell: (rows: number) => void = () => undefined,
): Promise<Compared> {
  const hasher = new Bun.CryptoHasher('sha256')
  const others = target.rows(table, null)[Symbol.asyncIterator]()
  let rows = 0
  try {
    for await (const row of source.rows(table, null)) {
      const { value: other, done } = await others.next()
      const text = formOf(table, row)
      if (done) throw differ(table, row, 'is missing')
      if (text !== formOf(table, other)) throw differ(table, row, differenceOf(table, row, other))
      hasher.update(text).update('\n')
      if (++rows % 1_000 === 0) tell(rows)
    }
    const { value: more, done } = await others.next()
    if (!done) throw differ(table, more, 'is there and not here')
  } finally {
    await others.return?.()
  }
  tell(rows)
  return { table: table.name, rows, digest: hasher.digest('hex') }
}

const formOf = ({ columns }: MovedTable, row: Row): string =>
  JSON.stringify(Object.keys(columns).map((name) => row[name]))

const differ = (table: MovedTable, row: Row, how: string) =>
  new SidesDiffer(`${table.name} ${JSON.stringify(keyOf(table, row))}: ${how}`)

/** By the names of columns: what they hold may be what somebody said. */
function differenceOf(table: MovedTable, row: Row, other: Row): string {
  const columns = Object.keys(table.columns).filter((name) => row[name] !== other[name])
  const isOther = columns.some((name) => table.key.includes(name))
  return isOther ? 'another row stands in its place' : `${columns.join(', ')} differ`
}
