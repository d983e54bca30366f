import { type Database, SQLiteError } from 'bun:sqlite'

export interface Checkpoints extends Disposable {
  /** Told of each commit. */
  note(writes: number): void
}

/**
 * Copies the log back into the database while there is little to do. A checkpoint holds the writer up for
 * as long as it takes: after 60 writes a few milliseconds, after the 64 MB at which SQLite makes one by itself
 * some 50 ms, which many senders at once hardly notice and a few would.
 *
 * Batches tell how much there is to do: a large one has waited for the one before it.
 */
export function openCheckpoints(
  database: Database,
  { soon = setImmediate }: { soon?: (step: () => void) => void } = {},
): Checkpoints {
  let writesSince = 0
  let due = false
  let closed = false

  function checkpoint() {
    due = false
    if (closed) return
    try {
      database.run('PRAGMA wal_checkpoint(PASSIVE)')
    } catch (cause) {
      // The log keeps everything until there is room again; a write that finds none is refused and told of.
      if (!hasNoRoom(cause)) throw cause
    }
  }

  return {
    note(writes) {
      writesSince += writes
      if (due || writes > calmBatchMax || writesSince < calmWrites) return
      due = true
      writesSince = 0
      // After the acknowledgements of this batch.
      soon(checkpoint)
    },
    [Symbol.dispose]() {
      closed = true
    },
  }
}

/** A full disk, or a limit to the size of files, which SQLite tells as any failed write. */
const hasNoRoom = (cause: unknown): boolean =>
  cause instanceof SQLiteError && /^SQLITE_(FULL|IOERR)/.test(cause.code ?? '')

const calmBatchMax = 16
const calmWrites = 60
