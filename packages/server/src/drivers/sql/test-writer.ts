/**
 * A process for tests to kill: sends batches to a database's one conversation for as long as they are
 * taken, and prints `sent KEY` for each message once its batch is acknowledged, `rejected KEY` for those
 * of the batch that ended it.
 */
import { writeSync } from 'node:fs'
import { conversationId, messageId, userId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import type { CreateMessage } from '../../ports/writes.ts'
import { openDatabase } from './database.ts'
import { openSqliteStore } from './sqlite-store.ts'

const [file = '', conversation, sender] = process.argv.slice(2)
const to = conversationId.parse(conversation)
const actorId = userId.parse(sender)
const store = await openSqliteStore({ database: openDatabase({ file }), limits: defaultLimits })

const newMessage = (): CreateMessage => ({
  write: 'message.create',
  conversationId: to,
  actorId,
  at: Date.now(),
  messageId: messageId.parse(Bun.randomUUIDv7()),
  clientId: crypto.randomUUID(),
  sendKey: crypto.getRandomValues(new Uint8Array(16)),
  contentKey: crypto.getRandomValues(new Uint8Array(16)),
  text: 'x'.repeat(500),
  replyToSeq: null,
  priority: null,
})

for (;;) {
  const batch = Array.from({ length: 8 }, newMessage)
  const tell = (word: string) =>
    writeSync(1, batch.map(({ sendKey }) => `${word} ${Buffer.from(sendKey).toString('hex')}\n`).join(''))
  try {
    await store.commit(batch)
  } catch {
    tell('rejected')
    break
  }
  tell('sent')
}
