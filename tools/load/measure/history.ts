/**
 * A page of 50 anywhere in a conversation of a million messages, with and without ten thousand other events
 * between two of them; and the same conversation moved to another database, as a shard would be.
 *
 *     node_modules/.bin/bun tools/load/measure/history.ts
 */
import { at, scratchDatabase, times, us } from './scratch.ts'

const messages = 1_000_000
const others = 10_000
const conversation = 5

using scratch = scratchDatabase()
const { database } = scratch
const create = (schema: string) =>
  database.run(`CREATE TABLE ${schema}messages (place INTEGER PRIMARY KEY, ordinal INT, at INT, text TEXT)`)
create('')
const insert = database.prepare('INSERT INTO messages VALUES ((?1 << 32) + ?2, ?3, ?4, ?5)')
database.run('BEGIN')
for (let ordinal = 1; ordinal <= messages; ordinal++) {
  // A reaction storm in the middle: its events took seqs, and no place among the messages.
  const seq = ordinal > messages / 2 ? ordinal + others : ordinal
  insert.run(conversation, seq, ordinal, Date.now(), 'x'.repeat(200))
}
database.run('COMMIT')
database.run('PRAGMA wal_checkpoint(TRUNCATE)')

const page = database.prepare(
  'SELECT * FROM messages WHERE place > ?1 << 32 AND place < (?1 << 32) + ?2 ORDER BY place DESC LIMIT 50',
)
const report = (where: string, seqOf: (index: number) => number) => {
  const taken = times(2_000, (index) => page.values(conversation, seqOf(index)))
  console.log(`page of 50 ${where}: median ${us(at(taken, 0.5))}, p99 ${us(at(taken, 0.99))}`)
}
report('at the beginning', (index) => 60 + (index % 50))
report('anywhere', (index) => 60 + ((index * 7_919) % (messages - 60)))
report('at the end', (index) => messages + others - (index % 50))
report(`across ${others} other events`, (index) => messages / 2 + others + (index % 40))

using shard = scratchDatabase()
database.run('ATTACH ? AS shard', [shard.file])
create('shard.')
const [took = 0] = times(1, () =>
  database.run(
    'INSERT INTO shard.messages SELECT * FROM messages WHERE place > ?1 << 32 AND place < (?1 + 1) << 32',
    [conversation],
  ),
)
console.log(`moved to another database: ${messages} messages in ${took.toFixed(0)} ms`)
database.run('DETACH shard')
