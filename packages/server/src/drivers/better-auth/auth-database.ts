import type { Database } from 'bun:sqlite'
import type { Kysely } from 'kysely'
import type { Postgres } from '../sql/postgres/connection.ts'
import { postgresStatements } from '../sql/postgres/statements.ts'
import { type Statements, sqliteStatements } from '../sql/statements.ts'

/**
 * The database that everybody shares, as accounts need it: better-auth asks by Kysely, and what is asked
 * beside it, in its own tables, is in words that both engines understand. Its names are in quotes: PostgreSQL
 * would write them small.
 */
export interface AuthDatabase {
  type: 'sqlite' | 'postgres'
  /** Loaded with better-auth, and not before: its 260 files are a tenth of a start. */
  kysely(): Promise<Kysely<unknown>>
  statements: Statements
}

/** The tables are made by the migrations of the store, which were there before. */
export const authOnSqlite = (database: Database): AuthDatabase => ({
  type: 'sqlite',
  kysely: async () => (await import('./kysely.ts')).kyselyOnSqlite(database),
  statements: sqliteStatements(database),
})

/** As on SQLite, once, whichever nodes start. */
export const authOnPostgres = (postgres: Postgres): AuthDatabase => ({
  type: 'postgres',
  kysely: async () => (await import('./kysely.ts')).kyselyOnPostgres(postgres),
  statements: postgresStatements(postgres),
})
