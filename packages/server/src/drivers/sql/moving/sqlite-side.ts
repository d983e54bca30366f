import type { Database, SQLQueryBindings } from 'bun:sqlite'
import { migrations } from '../migrations.ts'
import { sqliteStatements } from '../statements.ts'
import { inTransaction } from '../transaction.ts'
import { arrivingRow } from './marks.ts'
import { type Key, type Kind, type MovedTable, type Row, sqliteWrites } from './moved-table.ts'
import { MoveRefused, type Side } from './side.ts'

/** Rows are read as they are asked for, one statement a table: nothing but what SQLite sorts is held. */
export function sqliteSide(database: Database, place: string): Side {
  // What is sorted for a table of millions goes to the disk.
  database.run('PRAGMA temp_store = FILE')
  const statements = sqliteStatements(database)
  const countOf = (from: string): number =>
    database.query<{ count: number }, []>(`SELECT count(*) AS count FROM ${from}`).get()?.count ?? 0

  return {
    engine: 'sqlite',
    place,
    statements,
    async *rows(table, after) {
      // Not cached: an iterator that was left half-way would be found so by the next one.
      const select = database.prepare<Row, SQLQueryBindings[]>(selectRows(table, after))
      try {
        yield* select.iterate(...(after ?? []))
      } finally {
        select.finalize()
      }
    },
    async count(table) {
      const counted = countOf(`${fromOf(table)} WHERE ${table.sqlite.where ?? 'true'}`)
      const strays = table.sqlite.ofConversation ? countOf(table.name) - counted : 0
      if (strays > 0 && countOf('erasures') === 0)
        throw new MoveRefused(`${table.name}: ${strays} rows belong to no conversation`)
      return counted
    },
    async immovable(table) {
      const texts = Object.entries(table.columns).filter(([, kind]) => kind === 'text')
      if (texts.length === 0) return undefined
      const holdsNul = texts.map(([name]) => `instr("${name}", char(0)) > 0`).join(' OR ')
      return (
        database.query<Row, []>(`SELECT * FROM (${selectAll(table)}) WHERE ${holdsNul} LIMIT 1`).get() ??
        undefined
      )
    },
    async insert(table, rows, progress) {
      const insert = database.query<never, Row>(insertRow(table))
      inTransaction(database, () => {
        for (const row of rows) insert.run(row)
        database.run(keepRow, arrivingRow(progress))
      })
    },
    async lastNumber(table) {
      const select = 'SELECT seq FROM sqlite_sequence WHERE name = ?'
      return database.query<{ seq: number }, [string]>(select).get(table)?.seq ?? 0
    },
    async setLastNumber(table, number) {
      inTransaction(database, () => {
        database.run('DELETE FROM sqlite_sequence WHERE name = ?', [table])
        if (number > 0) database.run('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)', [table, number])
      })
    },
    gatherStatistics: async () => undefined,
    async columns() {
      const all = database
        .query<{ name: string; column: string }, []>(
          `SELECT s.name, c.name AS "column" FROM sqlite_schema s JOIN pragma_table_info(s.name) c
            WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
        )
        .all()
      return columnsByTable(all)
    },
    async version() {
      const known = migrations.length
      const built = database.query("SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'").get()
      if (!built) return { applied: 0, known }
      const last = database.query<{ last: number | null }, []>(
        'SELECT max(number) AS last FROM schema_migrations',
      )
      return { applied: last.get()?.last ?? 0, known }
    },
  }
}

const keepRow =
  'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value'

export function columnsByTable(all: readonly { name: string; column: string }[]): Map<string, Set<string>> {
  const groups = Map.groupBy(all, ({ name }) => name)
  return new Map([...groups].map(([name, group]) => [name, new Set(group.map(({ column }) => column))]))
}

function selectRows(table: MovedTable, after: Key | null): string {
  const { columns, key, sqlite } = table
  const order = key.map((name) => sqlite.order?.[name] ?? orderBy(name, columns[name] ?? 'text'))
  const beyond = `(${order.map(({ by }) => by)}) > (${order.map(({ bound }) => bound)})`
  return `${selectAll(table)}${after ? ` AND ${beyond}` : ''} ORDER BY ${order.map(({ by }) => by)}`
}

function selectAll(table: MovedTable): string {
  const { columns, sqlite } = table
  const read = Object.entries(columns).map(
    ([name, kind]) => `${sqlite.read?.[name] ?? readColumn(name, kind)} AS "${name}"`,
  )
  return `SELECT ${read} FROM ${fromOf(table)} WHERE (${sqlite.where ?? 'true'})`
}

// Joined in this order by word, so that a conversation's rows come as they lie there.
const fromOf = ({ name, sqlite: { ofConversation } }: MovedTable): string =>
  ofConversation ? `conversations c CROSS JOIN ${name} t ON ${ofConversation}` : `${name} t`

function readColumn(name: string, kind: Kind): string {
  if (kind === 'user') return `(SELECT id FROM users WHERE num = t."${name}")`
  if (kind === 'conversation') return 'c.id'
  // The hexadecimal of nothing would be an empty text.
  return kind === 'bytes' ? `iif(t."${name}" IS NULL, NULL, lower(hex(t."${name}")))` : `t."${name}"`
}

function orderBy(name: string, kind: Kind): { by: string; bound: string } {
  if (kind === 'bytes') return { by: `t."${name}"`, bound: 'unhex(?)' }
  return { by: readColumn(name, kind), bound: '?' }
}

function insertRow(table: MovedTable): string {
  const writes = sqliteWrites(table)
  const names = writes.map(([name]) => `"${name}"`)
  return `INSERT INTO ${table.name} (${names}) VALUES (${writes.map(([, value]) => value)})`
}
