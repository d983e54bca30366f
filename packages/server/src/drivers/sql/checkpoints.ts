import type { Database } from 'bun:sqlite'
import { Worker } from 'node:worker_threads'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { type Report, reportUncaught } from '../../lib/report.ts'
import type { Copied } from './checkpoint-thread.ts'

export interface Checkpoints extends AsyncDisposable {
  /** Told of each commit, and whether any of its writes takes something away that must be gone from the files. */
  note(writes: number, takesAway?: boolean): void
  /** Resolves when no copy is under way. */
  settled(): Promise<void>
}

export interface CheckpointBounds {
  /** Writes after which the log is copied back: while batches are small, and while they are large. */
  calmWrites: number
  busyWrites: number
  /** Pages in the log from which on it is made to start over. */
  startOverPages: number
  /** Within so long of a write that takes something away the log is emptied. */
  emptyAfterMs: number
}

/**
 * 1,000 writes are some 4 MB of log. SQLite itself copies at 16,000 pages, where the thread came too late.
 */
const usualBounds: CheckpointBounds = {
  calmWrites: 1_000,
  busyWrites: 4_000,
  startOverPages: 8_000,
  emptyAfterMs: 30_000,
}

/** A larger batch has waited for the one before it: there is much to do. */
const calmBatchMax = 16

/** While a reader is at an older state the log can't be emptied. */
const busyAgainMs = 1_000

/**
 * Copies the log of writes back into the database on a thread of its own, so that no commit waits for it: on
 * the writer's, 60 writes took 4 ms and held up all that was due meanwhile (docs/decisions/0004). While there
 * is much to do it is copied less often, since the pages at the ends of busy conversations change again.
 *
 * The log starts over only when all of it has been copied, which never happens while somebody writes on. So
 * once it is long the writer copies what the thread left: the writes of a few milliseconds.
 *
 * A copy leaves the log as it is, so that a text that was edited or deleted would stay in it until later writes
 * come to lie there: weeks, where few people talk. Hence the log is emptied some time after such a write.
 */
export function openCheckpoints(
  database: Database,
  {
    bounds = usualBounds,
    clock = systemClock,
    report = reportUncaught,
  }: { bounds?: CheckpointBounds; clock?: Pick<Clock, 'after'>; report?: Report } = {},
): Checkpoints {
  // What is in memory alone has no log.
  const file = database.filename === ':memory:' ? undefined : database.filename
  let thread: Worker | undefined
  let ended: Promise<void> | undefined
  let copying: PromiseWithResolvers<void> | undefined
  let closed = false
  let writesSince = 0
  let stopTimer: (() => void) | undefined

  /** 8 MB, so it is started when there is something to copy. */
  function start(): Worker {
    const { promise, resolve } = Promise.withResolvers<void>()
    const started = new Worker(new URL('./checkpoint-thread.ts', import.meta.url), { workerData: { file } })
    started.unref()
    started.on('message', hear)
    started.on('error', (cause) => report('checkpoints: their thread ended', cause))
    started.on('exit', () => {
      // The next copy starts another one.
      thread = undefined
      settle()
      resolve()
    })
    ended = promise
    return started
  }

  function hear(copied: Copied) {
    settle()
    if ('failed' in copied) report('checkpoints: the log was not copied back', copied.failed)
    else if (copied.pages >= bounds.startOverPages && !closed) copyRest()
  }

  function copyRest() {
    try {
      database.run('PRAGMA wal_checkpoint(PASSIVE)')
    } catch (cause) {
      report('checkpoints: the rest of the log was not copied back', cause)
    }
  }

  function emptyIn(delayMs: number) {
    stopTimer ??= clock.after(delayMs, () => void empty())
  }

  async function empty() {
    // The thread flushes what is copied, and leaves little for the writer.
    copying ??= copy()
    await copying.promise
    stopTimer = undefined
    if (!closed && !isEmptied()) emptyIn(busyAgainMs)
  }

  function isEmptied(): boolean {
    try {
      return database.query<{ busy: number }, []>('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0
    } catch (cause) {
      report('checkpoints: the log was not emptied', cause)
      return false
    }
  }

  function copy(): PromiseWithResolvers<void> {
    writesSince = 0
    thread ??= start()
    thread.postMessage('copy')
    return Promise.withResolvers()
  }

  function settle() {
    copying?.resolve()
    copying = undefined
  }

  return {
    note(writes, takesAway = false) {
      if (closed || file === undefined) return
      if (takesAway) emptyIn(bounds.emptyAfterMs)
      writesSince += writes
      const enough = writes > calmBatchMax ? bounds.busyWrites : bounds.calmWrites
      if (copying || writesSince < enough) return
      copying = copy()
    },
    settled: async () => copying?.promise,
    /** Waits for a copy that is under way: the database must not be closed beside another connection. */
    async [Symbol.asyncDispose]() {
      closed = true
      stopTimer?.()
      thread?.postMessage('close')
      await ended
    },
  }
}
