import type { Database } from 'bun:sqlite'

/**
 * Runs the work in one transaction, flushed to disk when this returns. Where the work or the commit
 * itself fails (a full disk, say), everything is rolled back and the failure thrown on.
 */
export function inTransaction<Result>(database: Database, work: () => Result): Result {
  database.run('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.run('COMMIT')
    return result
  } catch (cause) {
    // Some failures end the transaction by themselves.
    if (database.inTransaction) database.run('ROLLBACK')
    throw cause
  }
}
