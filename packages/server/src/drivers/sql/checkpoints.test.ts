import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCheckpoints } from './checkpoints.ts'
import { openDatabase } from './database.ts'

/** A thousand commits of so many rows each, and how large the log of writes has become by then. */
function logBytesAfter(rows: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'confab-checkpoints-'))
  const file = join(folder, 'confab.db')
  using database = openDatabase({ file })
  const steps: (() => void)[] = []
  using checkpoints = openCheckpoints(database, { soon: (step) => steps.push(step) })
  database.run('CREATE TABLE things (text TEXT)')
  const insert = database.prepare('INSERT INTO things VALUES (?)')
  for (let commit = 0; commit < 1_000; commit++) {
    database.transaction(() => {
      for (let row = 0; row < rows; row++) insert.run('x'.repeat(200))
    })()
    checkpoints.note(rows)
    for (const step of steps.splice(0)) step()
  }
  const { size } = statSync(`${file}-wal`)
  rmSync(folder, { recursive: true })
  return size
}

test('[SQLITE8] with little to do, the log of writes is copied back early; with much, it is left to grow', () => {
  expect(logBytesAfter(1)).toBeLessThan(4 * 1024 * 1024)
  expect(logBytesAfter(20)).toBeGreaterThan(5 * 1024 * 1024)
})
