/**
 * Reactions as rows, or nested in the message: one more by one more person, flushed, where the message has
 * some already.
 *
 *     node_modules/.bin/bun tools/load/measure/reactions.ts
 */
import { at, scratchDatabase, times, us } from './scratch.ts'

const rounds = 300

for (const already of [10, 100, 1_000, 5_000]) {
  using scratch = scratchDatabase()
  const { database } = scratch
  database.run('CREATE TABLE documents (id INTEGER PRIMARY KEY, body TEXT)')
  database.run(`CREATE TABLE reactions (message INT, emoji TEXT, user INT, PRIMARY KEY (message, emoji, user))
    WITHOUT ROWID`)
  const people = Array.from({ length: already }, () => crypto.randomUUID())
  const document = { text: 'x'.repeat(200), reactions: [{ emoji: '👍', users: people }] }
  const insert = database.prepare('INSERT INTO reactions VALUES (?, ?, ?)')
  database.run('BEGIN')
  for (let message = 0; message < rounds; message++) {
    database.run('INSERT INTO documents VALUES (?, ?)', [message, JSON.stringify(document)])
    for (let user = 0; user < already; user++) insert.run(message, '👍', user)
  }
  database.run('COMMIT')
  database.run('PRAGMA wal_autocheckpoint = 0')

  const frames = () => {
    const [row] = database.query('PRAGMA wal_checkpoint(PASSIVE)').values()
    const [, written] = row ?? []
    database.run('PRAGMA wal_checkpoint(TRUNCATE)')
    return Number(written ?? 0)
  }
  const nest = database.prepare(
    `UPDATE documents SET body = json_insert(body, '$.reactions[0].users[#]', ?2) WHERE id = ?1`,
  )
  frames()
  const nested = times(rounds, (message) => nest.run(message, crypto.randomUUID()))
  const nestedFrames = frames()
  const rows = times(rounds, (message) => insert.run(message, '👍', 1_000_000))
  const rowFrames = frames()
  console.log(
    `${already} reactions before: nested ${us(at(nested, 0.5))} and ` +
      `${((nestedFrames * 4) / rounds).toFixed(0)} KiB written, as a row ${us(at(rows, 0.5))} and ` +
      `${((rowFrames * 4) / rounds).toFixed(0)} KiB (medians of ${rounds}, each flushed)`,
  )
}
