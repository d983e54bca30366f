/**
 * What a column holds on both engines; how each reads and writes it follows from that. A user and a
 * conversation are named by their ids here and on PostgreSQL, and by numbers on SQLite. Bytes move as
 * hexadecimal, flags as 0 and 1, times as ISO 8601 with milliseconds.
 */
export type Kind = 'text' | 'uuid' | 'whole' | 'real' | 'flag' | 'bytes' | 'time' | 'user' | 'conversation'

/** A row as it is on its way, and as it is compared: alike whichever engine it was read from. */
export type Row = Record<string, string | number | null>
/** Where a row stands in the order in which both engines walk a table. */
export type Key = (string | number)[]

/** A table of an installation: what of it moves, and what differs on either engine. */
export interface MovedTable {
  name: string
  columns: Readonly<Record<string, Kind>>
  /** Columns that together name one row. Texts and ids are ordered by their bytes. */
  key: readonly string[]
  sqlite: OnSqlite
  postgres: OnPostgres
}

/**
 * Expressions in place of the usual ones: to read a column, where `t` is the table and `c` the row of its
 * conversation; to write one of the engine's own, by name, from `:column` or `r.column`. What is written as
 * null isn't there: the column moves as part of another.
 */
interface OnEngine {
  read?: Readonly<Record<string, string>>
  write?: Readonly<Record<string, string | null>>
  /** What of the table moves. */
  where?: string
}

export interface OnSqlite extends OnEngine {
  /** What a column of the key is ordered by, and what it is compared with, from `?`. */
  order?: Readonly<Record<string, { by: string; bound: string }>>
  /** How the rows of a conversation are found; it is what says that they belong to one. */
  ofConversation?: string
}

export interface OnPostgres extends OnEngine {
  /** Columns under another name. */
  names?: Readonly<Record<string, string>>
  /** Rows of other tables that are written with a row: by table, the statement after `INSERT INTO`. */
  also?: readonly { table: string; columns: readonly string[]; select: string }[]
}

export const moved = (
  name: string,
  columns: Readonly<Record<string, Kind>>,
  { key, sqlite = {}, postgres = {} }: { key: readonly string[]; sqlite?: OnSqlite; postgres?: OnPostgres },
): MovedTable => ({ name, columns, key, sqlite, postgres })

/** Where a row stands in its table. */
export const keyOf = ({ key }: MovedTable, row: Row): Key => key.map((name) => row[name] ?? '')

/** SQLite's columns of a table, and what is written into each. */
export function sqliteWrites({ columns, sqlite: { write = {} } }: MovedTable): [string, string][] {
  const usual = Object.entries(columns).map(([name, kind]) => [name, sqliteValue(name, kind)] as const)
  return present({ ...Object.fromEntries(usual), ...write })
}

/** PostgreSQL's columns of a table, and what is written into each. */
export function postgresWrites({ columns, postgres }: MovedTable): [string, string][] {
  const usual = Object.entries(columns).map(
    ([name, kind]) => [postgresName(name, kind, postgres), postgresValue(name, kind)] as const,
  )
  return present({ ...Object.fromEntries(usual), ...postgres.write })
}

const present = (writes: Record<string, string | null>): [string, string][] =>
  Object.entries(writes).flatMap(([name, value]) => (value === null ? [] : [[name, value]]))

export function postgresName(name: string, kind: Kind, { names = {} }: OnPostgres): string {
  return names[name] ?? (kind === 'user' && name === 'user' ? 'user_id' : name)
}

function sqliteValue(name: string, kind: Kind): string {
  if (kind === 'user') return `(SELECT num FROM users WHERE id = :${name})`
  if (kind === 'conversation') return `(SELECT num FROM conversations WHERE id = :${name})`
  return kind === 'bytes' ? `unhex(:${name})` : `:${name}`
}

function postgresValue(name: string, kind: Kind): string {
  if (kind === 'flag') return `r."${name}"::boolean`
  return kind === 'bytes' ? `decode(r."${name}", 'hex')` : `r."${name}"`
}
