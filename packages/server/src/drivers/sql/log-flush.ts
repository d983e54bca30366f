import type { Database } from 'bun:sqlite'
import { closeSync, fdatasync, openSync } from 'node:fs'

/** Flushes the log of writes beside the thread that writes it, which goes on reading frames and sending them. */
export interface LogFlush extends AsyncDisposable {
  /** Runs a transaction, and resolves with its answer when all of it is on the disk. What it throws is thrown. */
  after<Answer>(transaction: () => Answer): Promise<Answer>
  /** Holds back what was read until nothing that it may show can be lost any more. */
  held<Read>(read: Read): Read | Promise<Read>
}

/**
 * SQLite flushes on the thread that commits, for 0.2 to 5 ms in which nobody is read or answered. Here a
 * commit leaves its flush out (`synchronous = NORMAL`, for that transaction alone) and a thread of the
 * runtime's pool does it: then the log's checksums let the next start take exactly what was flushed, as they
 * do with SQLite's own (https://sqlite.org/wal.html, docs/decisions/0014). Everybody else on this connection
 * commits with a flush as ever.
 *
 * A flush that fails ends the process: the kernel may have dropped what it couldn't write, and would say of
 * the next one that all is well (https://wiki.postgresql.org/wiki/Fsync_Errors). What is really there, the
 * next start reads.
 */
export function openLogFlush(database: Database): LogFlush {
  // What is in memory alone has no log.
  if (database.filename === ':memory:') return nothingToFlush
  // SQLite has made it by the first read, and removes it only when the last connection closes.
  const log = openSync(`${database.filename}-wal`, 'r+')
  /** The last flush that was begun: it takes along what the ones before it were begun for. */
  let underWay: Promise<void> | undefined

  function flush(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    fdatasync(log, (cause) => {
      // Thrown from the callback, it is nobody's to catch.
      if (cause) throw new Error('the log of writes could not be flushed to the disk', { cause })
      if (underWay === promise) underWay = undefined
      resolve()
    })
    underWay = promise
    return promise
  }

  return {
    async after(transaction) {
      database.run('PRAGMA synchronous = NORMAL')
      let answer: ReturnType<typeof transaction>
      try {
        answer = transaction()
      } finally {
        database.run('PRAGMA synchronous = FULL')
      }
      await flush()
      return answer
    },
    held: (read) => (underWay ? underWay.then(() => read) : read),
    async [Symbol.asyncDispose]() {
      await underWay
      closeSync(log)
    },
  }
}

const nothingToFlush: LogFlush = {
  after: async (transaction) => transaction(),
  held: (read) => read,
  [Symbol.asyncDispose]: async () => undefined,
}
