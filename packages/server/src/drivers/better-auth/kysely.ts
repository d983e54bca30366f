import type { Database, SQLQueryBindings } from 'bun:sqlite'
import { Kysely, SqliteDialect } from 'kysely'
import { assert } from '../../lib/assert.ts'

/**
 * Kysely over the handle that everybody shares, for better-auth. It was written for drivers without
 * transactions: each statement stands alone, since none of ours may span an `await`. The database is
 * the caller's to close.
 */
export function kyselyOn(database: Database): Kysely<unknown> {
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

const bindings = (parameters: readonly unknown[]): SQLQueryBindings[] => parameters.map(binding)

function binding(value: unknown): SQLQueryBindings {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    return value
  }
  assert(typeof value === 'boolean', `better-auth binds a ${typeof value}`)
  return value
}
