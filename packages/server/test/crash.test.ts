import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@confab/client/connect'
import type { ConversationId } from '@confab/protocol/ids'
import { oneTo, openSynced, readLog, signInPeople, startGroup } from './people.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'
import { within } from './within.ts'

const scratch = mkdtempSync(join(tmpdir(), 'confab-crash-'))
afterAll(() => rmSync(scratch, { recursive: true }))

/** A server that can be killed, and started again on the same data at the same address. */
async function startMortal() {
  const dataDir = mkdtempSync(join(scratch, 'data-'))
  const first = await startServer({ RATE_LIMITS: 'off' }, { dataDir })
  const people = await signInPeople(first, 'ada', 'ben')
  const { id } = await startGroup(first, people[0], [people[1]])
  const PORT = new URL(first.url).port
  const restart = () => startServer({ RATE_LIMITS: 'off', PORT }, { dataDir })
  return { first, people, id, restart }
}

/** Notes what was acknowledged; with the given number of them comes the kill. */
function killAt(server: TestServer, count: number) {
  const acknowledged = new Map<string, number>()
  const { promise: killed, resolve } = Promise.withResolvers<void>()
  return {
    acknowledged,
    killed: within(killed, 'the kill'),
    acknowledge(clientId: string, seq: number) {
      acknowledged.set(clientId, seq)
      if (acknowledged.size === count) void server.stop('SIGKILL').then(() => resolve())
    },
  }
}

/** The log's messages by clientId. Fails where one is there twice, or a seq is missing. */
async function messagesOf(server: TestServer, as: Person, id: ConversationId) {
  const log = await readLog(server, as, id)
  expect(log.map(({ seq }) => seq)).toEqual(oneTo(log.length))
  const messages = log.flatMap(({ seq, data }) => (data.message ? [{ seq, ...data.message }] : []))
  const byClientId = new Map(messages.map(({ clientId, seq }) => [clientId, seq]))
  expect(byClientId.size).toBe(messages.length)
  return byClientId
}

test('[RUN17] killed in the middle of sends, a server has every acknowledged message, once and where it was', async () => {
  const { first, people, id, restart } = await startMortal()
  const { acknowledged, acknowledge, killed } = killAt(first, 200)
  const sockets = await Promise.all(
    oneTo(8).map((number) => openSynced(first, number % 2 ? people[0] : people[1])),
  )
  const clientIds = oneTo(2_000).map((number) => `send ${number}`)
  const sends = clientIds.map(async (clientId, index) => {
    const socket = sockets[index % sockets.length]
    const sent = await socket?.call('message.send', { conversationId: id, clientId, text: clientId })
    if (sent) acknowledge(clientId, sent.message.seq)
  })
  await Promise.allSettled(sends)
  await killed
  expect(acknowledged.size).toBeLessThan(clientIds.length)

  await using second = await restart()
  const kept = await messagesOf(second, people[0], id)
  for (const [clientId, seq] of acknowledged) expect(kept.get(clientId)).toBe(seq)

  await using again = await openSynced(second, people[0])
  for (const clientId of clientIds.filter((_, index) => index % 2 === 0)) {
    const { message } = await again.call('message.send', { conversationId: id, clientId, text: clientId })
    const before = kept.get(clientId)
    if (before !== undefined) expect(message.seq).toBe(before)
  }
  const whole = await messagesOf(second, people[0], id)
  for (const clientId of clientIds.filter((_, index) => index % 2 === 0))
    expect(whole.has(clientId)).toBe(true)
})

test('[RUN18] what the SDK could not learn the fate of, it sends again, and it is there once', async () => {
  const { first, people, id, restart } = await startMortal()
  const { acknowledged, acknowledge, killed } = killAt(first, 40)
  const chats = people.map(({ token }) => connect({ url: first.url, token }))
  const sendings = oneTo(200).flatMap((number) =>
    chats.map((chat, index) => chat.conversation(id).send(`${index}: message ${number}`)),
  )
  const sent = sendings.map(async ({ clientId, sent }) => acknowledge(clientId, (await sent).seq))
  await killed
  expect(acknowledged.size).toBeLessThan(sendings.length)

  await using second = await restart()
  for (const chat of chats) chat.reconnect()
  await within(Promise.all(sent), 'the answer to every send')
  const kept = await messagesOf(second, people[0], id)
  expect([...kept.keys()].sort()).toEqual(sendings.map(({ clientId }) => clientId).sort())
  for (const [clientId, seq] of acknowledged) expect(kept.get(clientId)).toBe(seq)
  await Promise.all(chats.map((chat) => chat.close()))
})
