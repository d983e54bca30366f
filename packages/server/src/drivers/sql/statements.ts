import type { Database, SQLQueryBindings } from 'bun:sqlite'

/**
 * How the ports beside the store ask, in words that SQLite and PostgreSQL both understand: values stand as
 * `?1`, `?2` …, and what is selected is named as the code calls it, in quotes.
 */
export interface Statements {
  rows(text: string, values?: readonly SqlValue[]): Promise<unknown[]>
  /** Answers how many rows it inserted, changed or deleted. The text names nothing to return. */
  change(text: string, values?: readonly SqlValue[]): Promise<number>
}

export type SqlValue = string | number | null | Uint8Array

/** Each statement at once, on the caller's turn. */
export function sqliteStatements(database: Database): Statements {
  return {
    rows: async (text, values = []) => database.query<unknown, SQLQueryBindings[]>(text).all(...values),
    change: async (text, values = []) =>
      database.query<unknown, SQLQueryBindings[]>(text).run(...values).changes,
  }
}
