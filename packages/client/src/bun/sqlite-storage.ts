import { Database } from 'bun:sqlite'
import type { DraftStore } from '../draft-store.ts'
import type { LocalStore } from '../local-store.ts'
import type { OutboxStore } from '../outbox-store.ts'
import { sqliteCopy } from './sqlite-copy.ts'
import { sqliteUnsent } from './sqlite-unsent.ts'

/** What of a chat is to outlive its program, in one file. Close it after the chat. */
export interface SqliteStorage extends Disposable {
  readonly copy: LocalStore
  readonly outbox: OutboxStore
  readonly drafts: DraftStore
}

/**
 * Keeps the copy, unsent messages and drafts in an SQLite file, for programs on Bun:
 * `connect({ url, token, storage })`. Several programs may share a file, of which one keeps the copy.
 * Throws where the file can't be opened, or is no database.
 */
export function openSqliteStorage(file: string): SqliteStorage {
  const database = new Database(file, { strict: true })
  try {
    // Another program may be writing just now.
    database.run('PRAGMA busy_timeout = 5000')
    database.run('PRAGMA journal_mode = WAL')
    // What was handed over to be sent is on the disk when it is said to be.
    database.run('PRAGMA synchronous = FULL')
    // What is removed is overwritten: once the file is closed nothing of it is left there.
    database.run('PRAGMA secure_delete = ON')
    return { copy: sqliteCopy(database), ...sqliteUnsent(database), [Symbol.dispose]: () => end(database) }
  } catch (cause) {
    database.close()
    throw cause
  }
}

function end(database: Database): void {
  // The runtime closes only once its statements are collected; until then the log beside the file would stay.
  database.run('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
}
