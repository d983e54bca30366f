import type { Database, SQLQueryBindings } from 'bun:sqlite'
import { userId } from '@confab/protocol/ids'
import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Tables } from './tables.ts'

/** Writes ordinary queries, typed by the tables. It runs none: `readAll` does. */
export const sql = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

/**
 * Runs a query at once, on the caller's turn: reads that belong together see one snapshot as long as no
 * `await` lies between them. Statements are cached by their text.
 */
export const readAll = <Row>(database: Database, query: { compile(): CompiledQuery<Row> }): Row[] => {
  const { sql: text, parameters } = query.compile()
  return database.query<Row, SQLQueryBindings[]>(text).all(...parameters.map(binding))
}

/** Stands for the user whom a query that is compiled once is asked about later. */
export const anyone = userId.parse('00000000-0000-0000-0000-000000000000')

/**
 * A query of the busy ways, built and compiled once: that costs 40 µs, more than most such queries take.
 * It is asked with other values in the places of those that it was built with, in their order.
 */
export function compileOnce<Row>(query: { compile(): CompiledQuery<Row> }) {
  const { sql: text } = query.compile()
  return (database: Database, ...values: SQLQueryBindings[]): Row[] =>
    database.query<Row, SQLQueryBindings[]>(text).all(...values)
}

function binding(parameter: unknown): SQLQueryBindings {
  if (typeof parameter === 'string' || typeof parameter === 'number' || parameter === null) return parameter
  if (parameter instanceof Uint8Array) return parameter
  throw new TypeError(`a query was given a ${typeof parameter}`)
}
