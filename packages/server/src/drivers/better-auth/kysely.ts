import type { Database, SQLQueryBindings } from 'bun:sqlite'
import {
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteDialect,
} from 'kysely'
import { assert } from '../../lib/assert.ts'
import type { Postgres, Value } from '../sql/postgres/connection.ts'

/**
 * Kysely over the handle that everybody shares, for better-auth. It was written for drivers without
 * transactions: each statement stands alone, since none of ours may span an `await`. The database is
 * the caller's to close.
 */
export function kyselyOnSqlite(database: Database): Kysely<unknown> {
  return new Kysely({
    dialect: new SqliteDialect({
      database: {
        prepare(sql) {
          const statement = database.query<unknown, SQLQueryBindings[]>(sql)
          return {
            reader: statement.columnNames.length > 0,
            all: (parameters) => statement.all(...bindings(parameters)),
            run: (parameters) => statement.run(...bindings(parameters)),
            iterate: (parameters) => statement.iterate(...bindings(parameters)),
          }
        },
        close: () => undefined,
      },
    }),
  })
}

/** The same over the pool that everybody shares: each statement takes whichever connection is free. */
export function kyselyOnPostgres(postgres: Postgres): Kysely<unknown> {
  const connection = {
    async executeQuery<Row>({ sql, parameters }: { sql: string; parameters: readonly unknown[] }) {
      const { rows, count } = await postgres.result<Row>(sql, parameters.map(value))
      return { rows, numAffectedRows: BigInt(count) } satisfies QueryResult<Row>
    },
    streamQuery(): never {
      throw new Error('better-auth streams')
    },
  }
  const alone = async (): Promise<never> => {
    throw new Error('better-auth opens a transaction')
  }
  return new Kysely({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createDriver: () => ({
        init: async () => undefined,
        acquireConnection: async () => connection,
        beginTransaction: alone,
        commitTransaction: alone,
        rollbackTransaction: alone,
        releaseConnection: async () => undefined,
        destroy: async () => undefined,
      }),
    },
  })
}

const bindings = (parameters: readonly unknown[]): SQLQueryBindings[] => parameters.map(binding)

function binding(value: unknown): SQLQueryBindings {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    return value
  }
  assert(typeof value === 'boolean', `better-auth binds a ${typeof value}`)
  return value
}

function value(parameter: unknown): Value {
  if (parameter instanceof Date) return parameter.toISOString()
  if (parameter === null || typeof parameter === 'string' || typeof parameter === 'number') return parameter
  assert(typeof parameter === 'boolean', `better-auth binds a ${typeof parameter}`)
  return parameter
}
