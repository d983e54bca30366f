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
  /**
   * The same, of which the first deletes: answers the columns of the rows that it took, as they were. Asked for
   * before, they would be others: on PostgreSQL one may be added in between.
   */
  take(
    columns: string,
    texts: FirstTakes,
    values: readonly SqlValue[],
    noted?: AuditEntry,
  ): Promise<unknown[]>
  /** The texts of a JSON array, as what stands right of `IN`. */
  listed(value: string): string
  /**
   * Ends a SELECT within a change whose rows are read as they are by then, and stay so until the change is
   * done: elsewhere PostgreSQL shows a change the rows as they were when it began.
   */
  locked: string
}

export type FirstTakes = readonly [first: string, ...others: readonly string[]]

export type SqlValue = string | number | null | Uint8Array

/** Each statement at once, on the caller's turn. */
export function sqliteStatements(database: Database): Statements {
  const query = (text: string) => database.query<unknown, SQLQueryBindings[]>(text)
  const change = (text: string, values: readonly SqlValue[]): number => query(text).run(...values).changes
  const changeEach = (texts: readonly string[], values: readonly SqlValue[]): number => {
    let changed = 0
    for (const text of texts) changed += change(text, values.slice(0, parametersOf(text)))
    return changed
  }
  const note = (noted: AuditEntry | undefined, changed: number): void => {
    if (noted && changed > 0) change(appendEntry(), entryValues(noted))
  }
  const changeAll: Statements['changeAll'] = async (texts, values, noted) =>
    inTransaction(database, () => {
      const changed = changeEach(texts, values)
      note(noted, changed)
      return changed
    })
  return {
    rows: async (text, values = []) => database.query<unknown, SQLQueryBindings[]>(text).all(...values),
    change: async (text, values = [], noted) =>
      noted ? changeAll([text], values, noted) : change(text, values),
    changeAll,
    take: async (columns, [first, ...others], values, noted) =>
      inTransaction(database, () => {
        const taken = query(`${first} RETURNING ${columns}`).all(...values.slice(0, parametersOf(first)))
        note(noted, taken.length + changeEach(others, values))
        return taken
      }),
    listed: (value) => `(SELECT value FROM json_each(${value}))`,
    // One writes at a time.
    locked: '',
  }
}

/** SQLite takes no value that the text doesn't name. */
const parametersOf = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number)))
