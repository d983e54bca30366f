/**
 * How the tables of a send may lie: messages in order of arrival with an index, clustered by (conversation,
 * seq) without a rowid, or clustered by one packed integer; and a row of its own for each `message.created`
 * or none. 64 sends a batch over 250 conversations, flushed, and pages of 50 read back.
 *
 *     taskset -c 1 node_modules/.bin/bun tools/load/measure/layout.ts
 */
import { statSync } from 'node:fs'
import { at, scratchDatabase, times, us } from './scratch.ts'

const conversations = 250
const stored = 200_000
const batchSize = 64
const roundMs = 4_000
const text = 'x'.repeat(200)
const columns = `ordinal INT, id TEXT, client_id TEXT, sender INT, at INT, text TEXT, updated_seq INT,
  edited_at INT, deleted_at INT`

const layouts = {
  arrival: {
    create: `CREATE TABLE messages (conversation INT, seq INT, ${columns}, PRIMARY KEY (conversation, seq))`,
    insert: 'INSERT INTO messages VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?2, NULL, NULL)',
    page: 'SELECT * FROM messages WHERE conversation = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT 50',
  },
  'without rowid': {
    create: `CREATE TABLE messages (conversation INT, seq INT, ${columns}, PRIMARY KEY (conversation, seq))
      WITHOUT ROWID`,
    insert: 'INSERT INTO messages VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?2, NULL, NULL)',
    page: 'SELECT * FROM messages WHERE conversation = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT 50',
  },
  packed: {
    create: `CREATE TABLE messages (place INTEGER PRIMARY KEY, ${columns})`,
    insert: 'INSERT INTO messages VALUES ((?1 << 32) + ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?2, NULL, NULL)',
    page: `SELECT * FROM messages WHERE place > ?1 << 32 AND place < (?1 << 32) + ?2
      ORDER BY place DESC LIMIT 50`,
  },
}

for (const [name, layout] of Object.entries(layouts))
  for (const eventRows of [false, true]) measure(name, layout, eventRows)

function measure(name: string, layout: (typeof layouts)['packed'], eventRows: boolean) {
  using scratch = scratchDatabase()
  const { database, file } = scratch
  database.run(layout.create)
  database.run(`CREATE TABLE send_keys (conversation INT, send_key BLOB, seq INT, content_key BLOB,
    PRIMARY KEY (conversation, send_key)) WITHOUT ROWID`)
  database.run(`CREATE TABLE events (conversation INT, seq INT, type TEXT, actor INT, at INT, target INT,
    PRIMARY KEY (conversation, seq)) WITHOUT ROWID`)
  database.run('CREATE TABLE heads (conversation INTEGER PRIMARY KEY, head INT, at INT)')
  for (let number = 1; number <= conversations; number++)
    database.run('INSERT INTO heads VALUES (?, 0, 0)', [number])
  const head = database.prepare<{ head: number }, [number, number]>(
    'UPDATE heads SET head = head + 1, at = ?2 WHERE conversation = ?1 RETURNING head',
  )
  const key = database.prepare('INSERT INTO send_keys VALUES (?, ?, ?, ?)')
  const event = database.prepare('INSERT INTO events VALUES (?, ?, ?, 1, ?, ?)')
  const message = database.prepare(layout.insert)

  let sent = 0
  const batch = (size: number) => {
    database.run('BEGIN IMMEDIATE')
    for (let index = 0; index < size; index++) {
      const number = 1 + (sent++ % conversations)
      const now = Date.now()
      const seq = head.get(number, now)?.head ?? 0
      const hash = crypto.getRandomValues(new Uint8Array(16))
      key.run(number, hash, seq, hash)
      if (eventRows) event.run(number, seq, 'message.created', now, seq)
      message.run(number, seq, seq, Bun.randomUUIDv7(), crypto.randomUUID(), 1, now, text)
    }
    database.run('COMMIT')
  }
  while (sent < stored) batch(1_000)
  const cpu = process.cpuUsage()
  const begun = { at: performance.now(), sent }
  while (performance.now() - begun.at < roundMs) batch(batchSize)
  const { user, system } = process.cpuUsage(cpu)
  const done = sent - begun.sent
  const rate = Math.round((done / (performance.now() - begun.at)) * 1_000)

  database.run('PRAGMA wal_checkpoint(TRUNCATE)')
  const bytes = Math.round(statSync(file).size / sent)
  const page = database.prepare(layout.page)
  const pages = times(5_000, (index) => page.values(1 + (index % conversations), 60 + ((index * 7) % 700)))
  console.log(
    `${name}${eventRows ? ', with event rows' : ''}: ${rate} messages/s, ` +
      `${((user + system) / done).toFixed(1)} µs CPU each, ${bytes} bytes each, page of 50 ${us(at(pages, 0.5))}`,
  )
}
