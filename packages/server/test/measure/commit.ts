/**
 * What a durable send costs in the store alone: batches of several sizes, spread over many conversations.
 *
 *     taskset -c 1 node_modules/.bin/bun packages/server/test/measure/commit.ts [conversations] [stored]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConversationId, conversationId, messageId, type UserId, userId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import { openDatabase } from '../../src/drivers/sql/database.ts'
import { openSqliteStore } from '../../src/drivers/sql/sqlite-store.ts'
import type { CreateMessage } from '../../src/ports/writes.ts'

const conversations = Number(process.argv[2] ?? 250)
const stored = Number(process.argv[3] ?? 100_000)
const roundMs = 3_000
const folder = mkdtempSync(join(tmpdir(), 'confab-measure-'))
const file = join(folder, 'confab.db')

const database = openDatabase({ file })
const store = await openSqliteStore({ database, limits: defaultLimits })
const text = 'x'.repeat(200)

const newUser = async (number: number): Promise<UserId> => {
  const id = userId.parse(Bun.randomUUIDv7())
  await store.createUser({ id, name: `User ${number}`, handle: `user_${number}`, at: Date.now() })
  return id
}

const pairs: { id: ConversationId; pair: readonly [UserId, UserId] }[] = []
for (let number = 0; number < conversations; number++) {
  const pair = [await newUser(2 * number), await newUser(2 * number + 1)] as const
  const id = conversationId.parse(Bun.randomUUIDv7())
  pairs.push({ id, pair })
  await store.commit([
    {
      write: 'conversation.create',
      conversationId: id,
      actorId: pair[0],
      at: Date.now(),
      kind: 'direct',
      name: null,
      topic: null,
      visibility: 'private',
      memberIds: [pair[1]],
    },
  ])
}

let turn = 0
function send(): CreateMessage {
  const chosen = pairs[turn % conversations]
  if (!chosen) throw new Error('no conversation to send to')
  const { id, pair } = chosen
  const actorId = Math.floor(turn / conversations) % 2 === 0 ? pair[0] : pair[1]
  turn++
  return {
    write: 'message.create',
    conversationId: id,
    actorId,
    at: Date.now(),
    messageId: messageId.parse(Bun.randomUUIDv7()),
    clientId: crypto.randomUUID(),
    sendKey: crypto.getRandomValues(new Uint8Array(16)),
    contentKey: crypto.getRandomValues(new Uint8Array(16)),
    text,
    replyToSeq: null,
    priority: null,
  }
}
const batch = (size: number) => Array.from({ length: size }, send)

while (turn < stored) await store.commit(batch(Math.min(1_000, stored - turn)))

console.log(`${conversations} conversations, ${stored} messages stored, texts of ${text.length} bytes`)
for (const size of [1, 8, 64, 256, 512]) {
  const started = performance.now()
  const cpu = process.cpuUsage()
  const latencies: number[] = []
  let done = 0
  while (performance.now() - started < roundMs) {
    const writes = batch(size)
    const begun = performance.now()
    const outcomes = await store.commit(writes)
    latencies.push(performance.now() - begun)
    if (outcomes.some(({ status }) => status !== 'committed')) throw new Error('a send was refused')
    done += size
  }
  const elapsed = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  latencies.sort((a, b) => a - b)
  const at = (share: number) => (latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(1)
  console.log(
    `batch ${String(size).padStart(3)}: ${Math.round((done / elapsed) * 1_000)} messages/s, ` +
      `${((user + system) / done).toFixed(1)} µs CPU a message (${(user / done).toFixed(1)} user), ` +
      `commit p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
  )
}
database.run('PRAGMA wal_checkpoint(TRUNCATE)')
console.log(`${(statSync(file).size / turn).toFixed(0)} bytes a message in the file`)
database.close()
rmSync(folder, { recursive: true })
