import { z } from 'zod'
import type { Postgres } from '../postgres/connection.ts'
import { gatherStatistics } from '../postgres/gather-statistics.ts'
import { hasTable } from '../postgres/migrate.ts'
import { migrations } from '../postgres/migrations.ts'
import { postgresStatements } from '../postgres/statements.ts'
import { arrivingRow } from './marks.ts'
import {
  type Key,
  type Kind,
  keyOf,
  type MovedTable,
  postgresName,
  postgresWrites,
  type Row,
} from './moved-table.ts'
import { conversationNumberMax, MoveStopped, type Side } from './side.ts'
import { columnsByTable } from './sqlite-side.ts'

/** Rows a question: a page of the longest texts is some 30 MB. */
const rowsAtOnce = 1_000

/** Each page and each batch is one statement, so no transaction is open while the other side works. */
export function postgresSide(postgres: Postgres, place: string): Side {
  const statements = postgresStatements(postgres)
  /** 64 bits come as a text. */
  const number = async (text: string, values: readonly string[] = []) =>
    Number((await postgres.ask<string | number>(text, values)) ?? 0)

  return {
    engine: 'postgres',
    place,
    statements,
    async *rows(table, after) {
      for (let from = after; ; ) {
        const page = await postgres.ask<Row[]>(selectPage(table, from), from ?? [])
        if (!page) return
        yield* page
        const last = page.at(-1)
        if (!last || page.length < rowsAtOnce) return
        from = keyOf(table, last)
      }
    },
    count: (table) => number(`SELECT count(*) AS answer FROM ${table.name} t WHERE ${whereOf(table)}`),
    async immovable({ name }) {
      if (name !== 'conversations') return undefined
      const select = `SELECT json_build_object('id', id, 'num', num) AS answer FROM conversations
        WHERE num > $1::bigint LIMIT 1`
      return (await postgres.ask<Row>(select, [conversationNumberMax])) ?? undefined
    },
    async insert(table, rows, progress) {
      const values = [JSON.stringify(rows), ...arrivingRow(progress), progress.step - 1]
      const [written] = await postgres.rows<{ kept: number }>(insertRows(table), values)
      if (written?.kept !== 1) throw new MoveStopped('a run that was ended before was still writing')
    },
    // Users have numbers on SQLite alone, where they are their places.
    lastNumber: (table) =>
      number(`SELECT pg_sequence_last_value(pg_get_serial_sequence($1::text, 'num')::regclass) AS answer`, [
        table,
      ]),
    // Also back to none: tables that were emptied for the move have given numbers before.
    async setLastNumber(table, last) {
      await postgres.rows(
        `SELECT setval(pg_get_serial_sequence($1::text, 'num')::regclass, greatest($2::bigint, 1), $2::bigint > 0)`,
        [table, last],
      )
    },
    gatherStatistics: () => gatherStatistics(postgres),
    async columns() {
      const all = await postgres.rows<unknown>(
        `SELECT table_name AS name, column_name AS "column" FROM information_schema.columns
          WHERE table_schema = current_schema()`,
      )
      return columnsByTable(z.array(z.object({ name: z.string(), column: z.string() })).parse(all))
    },
    async version() {
      const known = migrations.length
      if (!(await hasTable(postgres, 'schema_migrations'))) return { applied: 0, known }
      return { applied: await number('SELECT max(number) AS answer FROM schema_migrations'), known }
    },
  }
}

const whereOf = ({ postgres }: MovedTable): string => postgres.where ?? 'true'

function selectPage(table: MovedTable, after: Key | null): string {
  const { name: of, columns, key, postgres } = table
  const read = Object.entries(columns).map(
    ([name, kind]) =>
      `${postgres.read?.[name] ?? readColumn(postgresName(name, kind, postgres), kind)} AS "${name}"`,
  )
  const order = key.map((name) => orderBy(table, name))
  const bounds = key.map((name, index) => boundOf(columns[name] ?? 'text', `$${index + 1}`))
  const where = [whereOf(table), ...(after ? [`(${order}) > (${bounds})`] : [])]
  return `SELECT json_agg(p) AS answer FROM (SELECT ${read} FROM ${of} t WHERE ${where.join(' AND ')}
    ORDER BY ${order} LIMIT ${rowsAtOnce}) p`
}

const keptAs: Record<Kind, string> = {
  text: 'text',
  uuid: 'uuid',
  user: 'uuid',
  conversation: 'uuid',
  whole: 'bigint',
  real: 'double precision',
  flag: 'integer',
  bytes: 'text',
  time: 'timestamptz',
}

function readColumn(name: string, kind: Kind): string {
  if (kind === 'flag') return `t."${name}"::integer`
  if (kind === 'bytes') return `encode(t."${name}", 'hex')`
  if (kind === 'time') return `to_char(t."${name}" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  return `t."${name}"`
}

/** Texts by their bytes, whatever the database compares by. */
function orderBy({ columns, postgres }: MovedTable, name: string): string {
  const kind = columns[name] ?? 'text'
  const column = `t."${postgresName(name, kind, postgres)}"`
  return kind === 'text' ? `${column} COLLATE "C"` : column
}

const boundOf = (kind: Kind, value: string): string =>
  kind === 'bytes' ? `decode(${value}::text, 'hex')` : `${value}::${keptAs[kind]}`

function insertRows(table: MovedTable): string {
  const fields = Object.entries(table.columns).map(([name, kind]) => `"${name}" ${keptAs[kind]}`)
  const writes = postgresWrites(table)
  const names = writes.map(([name]) => `"${name}"`)
  const values = writes.map(([, value]) => value)
  const also = (table.postgres.also ?? []).map(
    ({ table: into, columns, select }, index) =>
      `also${index} AS (INSERT INTO ${into} (${columns}) ${select}),`,
  )
  // Nothing is inserted unless this is the next step; another one that is under way is waited for at its row.
  return `WITH kept AS (UPDATE meta SET value = $3::text WHERE CASE WHEN name = $2::text
      THEN (value::json->>'step')::bigint = $4::bigint ELSE false END RETURNING 1),
    r AS (SELECT r.* FROM json_to_recordset($1::text::json) AS r(${fields}) WHERE EXISTS (SELECT 1 FROM kept)),
    ${also.join(' ')}
    written AS (INSERT INTO ${table.name} (${names}) OVERRIDING SYSTEM VALUE SELECT ${values} FROM r)
    SELECT count(*)::integer AS kept FROM kept`
}
