import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { mkdtempSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '../../lib/manual-clock.ts'
import { type CheckpointBounds, openCheckpoints } from './checkpoints.ts'
import { openDatabase } from './database.ts'

interface Sizes {
  /** Of the file and of its log, once the checkpoints are closed, and of the log at most. */
  file: number
  logMost: number
}

const never = Number.POSITIVE_INFINITY
const bounds: CheckpointBounds = {
  calmWrites: 100,
  busyWrites: 1_000,
  startOverPages: never,
  emptyAfterMs: 1_000,
}
const rowsInAll = 500

/** 500 rows of 2 KB, so many a commit. */
async function sizesAfter(rowsEach: number, given: Partial<CheckpointBounds> = {}): Promise<Sizes> {
  const folder = mkdtempSync(join(tmpdir(), 'confab-checkpoints-'))
  const file = join(folder, 'confab.db')
  using database = openDatabase({ file })
  const checkpoints = openCheckpoints(database, { bounds: { ...bounds, ...given } })
  database.run('CREATE TABLE things (text TEXT)')
  const insert = database.prepare('INSERT INTO things VALUES (?)')
  let logMost = 0
  for (let commit = 0; commit < rowsInAll / rowsEach; commit++) {
    database.transaction(() => {
      for (let row = 0; row < rowsEach; row++) insert.run('x'.repeat(2_000))
    })()
    checkpoints.note(rowsEach)
    // A copy has begun with the 100th write, or the 200th; others have come since.
    if ((commit * rowsEach) % 100 === 60) await checkpoints.settled()
    logMost = Math.max(logMost, statSync(`${file}-wal`).size)
  }
  await checkpoints[Symbol.asyncDispose]()
  const sizes = { file: statSync(file).size, logMost }
  rmSync(folder, { recursive: true })
  return sizes
}

test('[SQLITE8] with little to do, the log of writes is copied back early; with much, it is left to grow', async () => {
  expect((await sizesAfter(1)).file).toBeGreaterThan(100_000)
  expect((await sizesAfter(20)).file).toBeLessThan(10_000)
  expect((await sizesAfter(20, { busyWrites: 200 })).file).toBeGreaterThan(100_000)
})

test('[SQLITE13] a log that has become long starts over, while somebody writes on', async () => {
  const growing = await sizesAfter(1, { calmWrites: never })
  const startedOver = await sizesAfter(1, { startOverPages: 100 })
  expect(startedOver.logMost).toBeLessThan(0.7 * growing.logMost)
})

test('[SQLITE14] when the checkpoints have closed, nobody else has the file open, whatever was being copied', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'confab-checkpoints-'))
  const file = join(folder, 'confab.db')
  const database = openDatabase({ file })
  const checkpoints = openCheckpoints(database, { bounds: { ...bounds, calmWrites: 1 } })
  database.run('CREATE TABLE things (text TEXT)')
  checkpoints.note(1)
  await checkpoints[Symbol.asyncDispose]()
  database.close()
  // The last connection takes the log with it.
  expect(() => statSync(`${file}-wal`)).toThrow('ENOENT')
  rmSync(folder, { recursive: true })
})

test('[SQLITE15] a thread that ends is reported, and another one takes its place', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'confab-checkpoints-'))
  const file = join(folder, 'confab.db')
  using database = openDatabase({ file })
  const reports: string[] = []
  const report = (context: string) => void reports.push(context)
  await using checkpoints = openCheckpoints(database, { bounds: { ...bounds, calmWrites: 1 }, report })
  database.run('CREATE TABLE things (text TEXT)')
  // Nothing to be opened by that name, so the thread ends at once.
  renameSync(file, `${file}.away`)
  checkpoints.note(1)
  await checkpoints.settled()
  expect(reports).toEqual(['checkpoints: their thread ended'])
  renameSync(`${file}.away`, file)
  checkpoints.note(1)
  await checkpoints.settled()
  expect(reports).toHaveLength(1)
  rmSync(folder, { recursive: true })
})

test('[SQLITE20] some time after something was taken away the log is emptied, once no reader is behind; else it stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'confab-checkpoints-'))
  const file = join(folder, 'confab.db')
  using database = openDatabase({ file })
  const clock = manualClock()
  await using checkpoints = openCheckpoints(database, { bounds, clock })
  const logSize = () => statSync(`${file}-wal`).size
  async function pass(ms: number) {
    clock.advance(ms)
    await checkpoints.settled()
    return logSize()
  }
  database.run('CREATE TABLE things (text TEXT)')
  checkpoints.note(1)
  expect(await pass(60_000)).toBeGreaterThan(0)

  using reader = new Database(file, { readonly: true })
  reader.run('BEGIN')
  reader.query('SELECT * FROM things').all()
  database.run("INSERT INTO things VALUES ('x')")
  checkpoints.note(1, true)
  expect(await pass(999)).toBeGreaterThan(0)
  expect(await pass(1)).toBeGreaterThan(0)
  reader.run('COMMIT')
  expect(await pass(1_000)).toBe(0)

  database.run("INSERT INTO things VALUES ('y')")
  checkpoints.note(1)
  expect(await pass(60_000)).toBeGreaterThan(0)
  rmSync(folder, { recursive: true })
})
