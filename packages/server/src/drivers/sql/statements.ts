import type { Database, SQLQueryBindings } from 'bun:sqlite'
import type { AuditEntry } from '../../ports/audit-entry.ts'
import { appendEntry, entryValues } from './audit-entry.ts'
import { inTransaction } from './transaction.ts'

/**
 * How the ports beside the store ask, in words that SQLite and PostgreSQL both understand: values stand as
 * `?1`, `?2` …, and what is selected is named as the code calls it, in quotes.
 */
export interface Statements {
  rows(text: string, values?: readonly SqlValue[]): Promise<unknown[]>
  /** Answers how many rows it inserted, changed or deleted. The text names nothing to return. */
  change(text: string, values?: readonly SqlValue[], noted?: AuditEntry): Promise<number>
  /**
   * Several changes that share the values, all or none of them, in one flush; answers how many rows they changed
   * together. None may count on what another one does: PostgreSQL shows each the rows as they were before.
   * Where they change any, `noted` is in the audit log with them.
   */
  changeAll(texts: readonly string[], values: readonly SqlValue[], noted?: AuditEntry): Promise<number>
  /** The texts of a JSON array, as what stands right of `IN`. */
  listed(value: string): string
}

export type SqlValue = string | number | null | Uint8Array

/** Each statement at once, on the caller's turn. */
export function sqliteStatements(database: Database): Statements {
  const change = (text: string, values: readonly SqlValue[]): number =>
    database.query<unknown, SQLQueryBindings[]>(text).run(...values).changes
  const changeAll: Statements['changeAll'] = async (texts, values, noted) =>
    inTransaction(database, () => {
      let changed = 0
      for (const text of texts) changed += change(text, values.slice(0, parametersOf(text)))
      if (noted && changed > 0) change(appendEntry(), entryValues(noted))
      return changed
    })
  return {
    rows: async (text, values = []) => database.query<unknown, SQLQueryBindings[]>(text).all(...values),
    change: async (text, values = [], noted) =>
      noted ? changeAll([text], values, noted) : change(text, values),
    changeAll,
    listed: (value) => `(SELECT value FROM json_each(${value}))`,
  }
}

/** SQLite takes no value that the text doesn't name. */
const parametersOf = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number)))
