import type { Database } from 'bun:sqlite'
import { Worker } from 'node:worker_threads'
import { type Report, reportUncaught } from '../../lib/report.ts'
import type { Copied } from './checkpoint-thread.ts'

export interface Checkpoints extends AsyncDisposable {
  /** Told of each commit. */
  note(writes: number): void
  /** Resolves when no copy is under way. */
  settled(): Promise<void>
}

export interface CheckpointBounds {
  /** Writes after which the log is copied back: while batches are small, and while they are large. */
  calmWrites: number
  busyWrites: number
  /** Pages in the log from which on it is made to start over. */
  startOverPages: number
}

/**
 * 1,000 writes are some 4 MB of log. SQLite itself copies at 16,000 pages, where the thread came too late.
 */
const usualBounds: CheckpointBounds = { calmWrites: 1_000, busyWrites: 4_000, startOverPages: 8_000 }

/** A larger batch has waited for the one before it: there is much to do. */
const calmBatchMax = 16

/**
 * Copies the log of writes back into the database on a thread of its own, so that no commit waits for it: on
 * the writer's, 60 writes took 4 ms and held up all that was due meanwhile (docs/decisions/0004). While there
 * is much to do it is copied less often, since the pages at the ends of busy conversations change again.
 *
 * The log starts over only when all of it has been copied, which never happens while somebody writes on. So
 * once it is long the writer copies what the thread left: the writes of a few milliseconds.
 */
export function openCheckpoints(
  database: Database,
  { bounds = usualBounds, report = reportUncaught }: { bounds?: CheckpointBounds; report?: Report } = {},
): Checkpoints {
  // What is in memory alone has no log.
  const file = database.filename === ':memory:' ? undefined : database.filename
  let thread: Worker | undefined
  let ended: Promise<void> | undefined
  let copying: PromiseWithResolvers<void> | undefined
  let closed = false
  let writesSince = 0

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

  function settle() {
    copying?.resolve()
    copying = undefined
  }

  return {
    note(writes) {
      writesSince += writes
      const enough = writes > calmBatchMax ? bounds.busyWrites : bounds.calmWrites
      if (copying || closed || file === undefined || writesSince < enough) return
      writesSince = 0
      copying = Promise.withResolvers()
      thread ??= start()
      thread.postMessage('copy')
    },
    settled: async () => copying?.promise,
    /** Waits for a copy that is under way: the database must not be closed beside another connection. */
    async [Symbol.asyncDispose]() {
      closed = true
      thread?.postMessage('close')
      await ended
    },
  }
}
