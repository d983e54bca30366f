/**
 * What flexibility costs: a message as columns or as one JSON document, and a new field for a million
 * messages that are there already.
 *
 *     node_modules/.bin/bun tools/load/measure/columns.ts
 */
import { statSync } from 'node:fs'
import { at, scratchDatabase, times, us } from './scratch.ts'

const messages = 1_000_000
const message = (seq: number) => ({
  id: Bun.randomUUIDv7(),
  clientId: crypto.randomUUID(),
  senderId: 7,
  ordinal: seq,
  at: 1_790_000_000_000 + seq,
  text: 'x'.repeat(200),
})

{
  using scratch = scratchDatabase()
  const { database, file } = scratch
  database.run(`CREATE TABLE messages (place INTEGER PRIMARY KEY, id TEXT, client_id TEXT, sender INT,
    ordinal INT, at INT, text TEXT)`)
  const insert = database.prepare('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)')
  const begun = performance.now()
  database.run('BEGIN')
  for (let seq = 1; seq <= messages; seq++) {
    const { id, clientId, senderId, ordinal, at: sentAt, text } = message(seq)
    insert.run(seq, id, clientId, senderId, ordinal, sentAt, text)
  }
  database.run('COMMIT')
  const took = performance.now() - begun
  database.run('PRAGMA wal_checkpoint(TRUNCATE)')
  const page = database.prepare('SELECT * FROM messages WHERE place > ? LIMIT 50')
  const pages = times(2_000, (index) => page.all(index * 400))
  console.log(
    `columns: ${us(took / messages)} an insert, ${(statSync(file).size / messages).toFixed(0)} bytes each, ` +
      `page of 50 ${us(at(pages, 0.5))}`,
  )
  const add = times(1, () => database.run('ALTER TABLE messages ADD COLUMN forwarded_from TEXT'))
  const table = times(1, () => database.run('CREATE TABLE reactions (place INT, emoji TEXT, user INT)'))
  console.log(`a column more on ${messages} messages: ${us(at(add, 0))}; a table more: ${us(at(table, 0))}`)
}
{
  using scratch = scratchDatabase()
  const { database, file } = scratch
  database.run('CREATE TABLE messages (place INTEGER PRIMARY KEY, body TEXT)')
  const insert = database.prepare('INSERT INTO messages VALUES (?, ?)')
  const begun = performance.now()
  database.run('BEGIN')
  for (let seq = 1; seq <= messages; seq++) insert.run(seq, JSON.stringify(message(seq)))
  database.run('COMMIT')
  const took = performance.now() - begun
  database.run('PRAGMA wal_checkpoint(TRUNCATE)')
  const page = database.prepare<{ body: string }, [number]>(
    'SELECT body FROM messages WHERE place > ? LIMIT 50',
  )
  const pages = times(2_000, (index) => page.all(index * 400).map(({ body }): unknown => JSON.parse(body)))
  console.log(
    `documents: ${us(took / messages)} an insert, ${(statSync(file).size / messages).toFixed(0)} bytes each, ` +
      `page of 50 ${us(at(pages, 0.5))}`,
  )
}
