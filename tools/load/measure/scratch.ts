import { Database } from 'bun:sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A database as the server opens it, in a folder that goes when the measurement has ended. */
export function scratchDatabase(): { database: Database; file: string } & Disposable {
  const folder = mkdtempSync(join(tmpdir(), 'confab-measure-'))
  const file = join(folder, 'measure.db')
  const database = new Database(file, { create: true, strict: true })
  database.run('PRAGMA journal_mode = WAL')
  database.run('PRAGMA synchronous = FULL')
  database.run('PRAGMA secure_delete = ON')
  database.run('PRAGMA cache_size = -32768')
  database.run('PRAGMA wal_autocheckpoint = 4000')
  return {
    database,
    file,
    [Symbol.dispose]() {
      database.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Milliseconds that one call takes: the sorted times of all. */
export function times(count: number, work: (index: number) => unknown): number[] {
  const taken: number[] = []
  for (let index = 0; index < count; index++) {
    const begun = performance.now()
    work(index)
    taken.push(performance.now() - begun)
  }
  return taken.sort((a, b) => a - b)
}

export const at = (sorted: number[], share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0
export const us = (ms: number): string => `${(ms * 1_000).toFixed(0)} µs`
