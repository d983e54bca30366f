import { Database, SQLiteError } from 'bun:sqlite'
import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseUnavailable } from './database-unavailable.ts'

/**
 * Opens the one connection that writes, and locks its folder against a second server until it is closed
 * or the process ends, however it ends. Everybody who shares the handle keeps to this: no transaction
 * spans an `await`. `:memory:` opens a database without a file, a folder or a lock.
 *
 * `anew` throws away what an earlier server left there, once the folder is this one's.
 *
 * Throws DatabaseUnavailable where the folder can't be written or another server is running on it.
 */
export function openDatabase({ file, anew = false }: { file: string; anew?: boolean }): Database {
  if (file === ':memory:') return configure(new Database(file, { strict: true }))
  const folder = dirname(file)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new DatabaseUnavailable(`the data folder ${folder} can't be made`, { reason: 'unwritable', cause })
  }
  const lock = lockFolder(folder)
  try {
    if (anew) for (const part of ['', '-wal', '-shm']) rmSync(`${file}${part}`, { force: true })
    return configure(new LockedDatabase(file, lock))
  } catch (cause) {
    lock.close()
    throw unavailable(file, cause)
  }
}

/** A database that holds the lock of its folder as long as it is open. */
class LockedDatabase extends Database {
  // A field, because a lock that nothing refers to is collected, closed and so released.
  readonly #lock: Database
  #closed = false

  constructor(file: string, lock: Database) {
    super(file, { create: true, readwrite: true, strict: true })
    this.#lock = lock
  }

  override close(throwOnError?: boolean): void {
    if (this.#closed) return
    this.#closed = true
    try {
      // A stopped server leaves one whole file, which a copy of it needs no log to read.
      this.run('PRAGMA wal_checkpoint(TRUNCATE)')
    } catch {
      // A full disk, or a transaction cut short: the log stays beside the file and is read at the next start.
    }
    super.close(throwOnError)
    this.#lock.close()
  }
}

/**
 * An empty database beside the data, held in an exclusive transaction: SQLite locks the file with
 * `fcntl`, which the kernel releases when the process dies, so no stale lock survives a SIGKILL. It is
 * not the data file itself that is locked, since readers on other threads share that one.
 */
function lockFolder(folder: string): Database {
  const file = join(folder, 'server.lock')
  let lock: Database | undefined
  try {
    lock = new Database(file, { create: true, readwrite: true, strict: true })
    lock.run('PRAGMA busy_timeout = 0')
    lock.run('BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock?.close()
    if (cause instanceof SQLiteError && cause.code?.startsWith('SQLITE_BUSY'))
      throw new DatabaseUnavailable(`another server is running on the data folder ${folder}`, {
        reason: 'in_use',
        cause,
      })
    throw new DatabaseUnavailable(`the data folder ${folder} can't be written`, {
      reason: 'unwritable',
      cause,
    })
  }
}

function configure(database: Database): Database {
  // The order matters: the first statement that touches the file must not wait, and the mode comes first.
  database.run('PRAGMA busy_timeout = 0')
  database.run('PRAGMA journal_mode = WAL')
  // FULL flushes the log at every commit: an acknowledged write survives a power cut.
  database.run('PRAGMA synchronous = FULL')
  // What is deleted is overwritten with zeros, so that no old text stays in a free page.
  database.run('PRAGMA secure_delete = ON')
  database.run('PRAGMA foreign_keys = ON')
  database.run('PRAGMA temp_store = MEMORY')
  // 16 MB: half of what it was costs a send nothing that can be measured, the kernel's cache lying behind it.
  database.run('PRAGMA cache_size = -16384')
  // 64 MB of log: the pages at the ends of busy conversations are copied back once instead of four times.
  // 12,800 sends a second beside 9,400 with 4,000 pages: the whole server, medians of three, busy neighbours.
  database.run('PRAGMA wal_autocheckpoint = 16000')
  database.run('PRAGMA journal_size_limit = 67108864')
  return database
}

function unavailable(file: string, cause: unknown): unknown {
  if (!(cause instanceof SQLiteError)) return cause
  if (cause.code === 'SQLITE_NOTADB' || cause.code?.startsWith('SQLITE_CORRUPT'))
    return new DatabaseUnavailable(`${file} is no database of Confab, or is damaged`, {
      reason: 'damaged',
      cause,
    })
  return new DatabaseUnavailable(`the database ${file} can't be written`, { reason: 'unwritable', cause })
}
