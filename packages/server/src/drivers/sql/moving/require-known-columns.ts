import { type MovedTable, postgresWrites, sqliteWrites } from './moved-table.ts'
import { leftBehind, movedTables } from './moved-tables.ts'
import { MoveRefused, type Side } from './side.ts'

type Columns = Map<string, Set<string>>

/**
 * Throws MoveRefused, by name, for what is to move and isn't there, or is in a table of ours and isn't to.
 */
export async function requireKnownColumns(side: Side): Promise<void> {
  const { missing, unknown } = await comparedColumns(side)
  const problems = [
    ...missing.map((name) => `${name} is missing`),
    ...unknown.map((name) => `${name} is not known`),
  ]
  if (problems.length > 0) throw new MoveRefused(`${side.place} has other tables: ${problems.join(', ')}`)
}

/** As `table.column`; `others` are tables of which nothing moves. */
export async function comparedColumns(side: Side) {
  const known = knownColumns(side.engine)
  const there = await side.columns()
  return {
    missing: names(known, there),
    unknown: names(there, known).filter((name) => known.has(name.split('.')[0] ?? '')),
    others: [...there.keys()].filter((table) => !known.has(table) && !leftBehind.has(table)),
  }
}

function knownColumns(engine: Side['engine']): Columns {
  const known: Columns = new Map()
  for (const table of movedTables) {
    for (const [name, columns] of writtenColumns(table, engine))
      known.set(name, new Set([...(known.get(name) ?? []), ...columns]))
  }
  return known
}

function writtenColumns(table: MovedTable, engine: Side['engine']): [string, readonly string[]][] {
  if (engine === 'sqlite') return [[table.name, sqliteWrites(table).map(([name]) => name)]]
  const also = table.postgres.also ?? []
  return [
    [table.name, postgresWrites(table).map(([name]) => name)],
    ...also.map((one): [string, readonly string[]] => [one.table, one.columns]),
  ]
}

/** What one of them has and the other hasn't. */
const names = (one: Columns, other: Columns): string[] =>
  [...one].flatMap(([table, columns]) =>
    [...columns].filter((name) => !other.get(table)?.has(name)).map((name) => `${table}.${name}`),
  )
