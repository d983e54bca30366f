import { Database } from 'bun:sqlite'
import { parentPort, workerData } from 'node:worker_threads'

/** How many pages the log has, or why it couldn't be copied: a full disk, say. */
export type Copied = { pages: number } | { failed: unknown }

// Everything here runs on a thread of its own, started by checkpoints.ts.
const { file } = workerData as { file: string }
const database = new Database(file, { readwrite: true, create: false })
database.run('PRAGMA synchronous = FULL')
// It copies pages and reads none.
database.run('PRAGMA cache_size = -64')
const checkpoint = database.prepare<{ log: number }, []>('PRAGMA wal_checkpoint(PASSIVE)')

function copy(): Copied {
  try {
    return { pages: checkpoint.get()?.log ?? 0 }
  } catch (failed) {
    return { failed }
  }
}

parentPort?.on('message', (word: 'copy' | 'close') => {
  if (word === 'copy') return parentPort?.postMessage(copy())
  checkpoint.finalize()
  database.close()
  parentPort?.close()
})
