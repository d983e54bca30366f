/**
 * What copying the log back costs a commit: five sends each, at most 600 a second, flushed, with the log left
 * alone, copied by the writer every 60 writes, and copied by a thread (checkpoints.ts).
 *
 *     taskset -c 1 node_modules/.bin/bun packages/server/test/measure/checkpoints.ts
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCheckpoints } from '../../src/drivers/sql/checkpoints.ts'
import { openDatabase } from '../../src/drivers/sql/database.ts'

const rounds = 3
const roundMs = 3_000
const commitEveryMs = 1.5
const rowsEach = 5
const conversations = 250

type Way = 'left alone' | 'the writer' | 'a thread'

async function turnsOf(way: Way): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'confab-measure-'))
  const database = openDatabase({ file: join(folder, 'confab.db') })
  const thread = openCheckpoints(database)
  database.run('CREATE TABLE messages (place INTEGER PRIMARY KEY, id TEXT, text TEXT)')
  database.run(
    'CREATE TABLE keys (conversation INT, hash BLOB, PRIMARY KEY (conversation, hash)) WITHOUT ROWID',
  )
  const message = database.prepare('INSERT INTO messages VALUES ((?1 << 32) + ?2, ?3, ?4)')
  const key = database.prepare('INSERT INTO keys VALUES (?, ?)')
  const turns: number[] = []
  let rows = 0
  for (const until = performance.now() + roundMs; performance.now() < until; ) {
    const begun = performance.now()
    database.transaction(() => {
      for (let row = 0; row < rowsEach; row++) {
        const conversation = 1 + (++rows % conversations)
        message.run(conversation, rows, crypto.randomUUID(), 'x'.repeat(200))
        key.run(conversation, crypto.getRandomValues(new Uint8Array(16)))
      }
    })()
    if (way === 'a thread') thread.note(rowsEach)
    if (way === 'the writer' && rows % 60 === 0) database.run('PRAGMA wal_checkpoint(PASSIVE)')
    const took = performance.now() - begun
    turns.push(took)
    await Bun.sleep(Math.max(0, commitEveryMs - took))
  }
  await thread[Symbol.asyncDispose]()
  database.close()
  rmSync(folder, { recursive: true })
  return turns.sort((a, b) => a - b)
}

for (let round = 0; round < rounds; round++) {
  for (const way of ['left alone', 'the writer', 'a thread'] as const) {
    const turns = await turnsOf(way)
    const at = (share: number) => (turns[Math.floor(turns.length * share)] ?? 0).toFixed(2)
    const mean = turns.reduce((sum, turn) => sum + turn, 0) / turns.length
    console.log(`${way}: p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, mean ${mean.toFixed(2)} ms`)
  }
}
