import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Edges, Socket } from '@confab/client/options'
import { signInPeople, startDirect } from './people.ts'
import { become, hears, messagesOf, openChat } from './sdk.ts'
import { startServer, type TestServer } from './start-server.ts'
import { within } from './within.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

/** No WebSocket opens here: the first tries, which don't wait for each other, find that out. */
const openSocket = (): Socket => {
  throw new Error('blocked')
}

const blocked: Partial<Edges> = { openSocket, random: () => 0 }

/** Ana is behind a wall, Ben is not; both look at their conversation. */
async function setUp(edges: Partial<Edges> = blocked) {
  const [ana, ben] = await signInPeople(server, 'ana', 'ben')
  const { id } = await startDirect(server, ana, ben)
  const chats = await Promise.all([openChat(server, ana, edges), openChat(server, ben)])
  const [anas, bens] = chats
  const [atAna, atBen] = [anas.conversation(id), bens.conversation(id)]
  atAna.open()
  atBen.open()
  return { ana, ben, id, anas, bens, atAna, atBen, close: () => Promise.all(chats.map((one) => one.close())) }
}

test('[SDK130] where no WebSocket opens, the SDK chats over a stream as over a socket', async () => {
  const { anas, atAna, atBen, close } = await setUp()
  expect(anas.status.get()).toEqual({ status: 'online' })
  const { seq } = await within(atAna.send('over the wall').sent, 'the answer')
  await hears(atBen, ([first]) => first?.text === 'over the wall', 'the message at Ben')
  await within(atBen.react(seq, '👍'), 'the reaction')
  await hears(atAna, ([first]) => first?.reactions[0]?.count === 1, 'the reaction at Ana')
  atBen.read()
  const [message] = messagesOf(atAna)
  if (!message) throw new Error('no message')
  await hears(atAna, () => atAna.deliveryOf(message) === 'read', 'that Ben has read it')
  await close()
})

test('[SDK133] a stream that is cut off is made good, and what was missed arrives', async () => {
  const cut = new Set<AbortController>()
  const fetchThatBreaks: Edges['fetch'] = (url, init) => {
    const breaking = new AbortController()
    if (url.endsWith('/stream')) cut.add(breaking)
    const signals = [breaking.signal, ...(init.signal ? [init.signal] : [])]
    return fetch(url, { ...init, signal: AbortSignal.any(signals) })
  }
  const { anas, atAna, atBen, close } = await setUp({ ...blocked, fetch: fetchThatBreaks })
  for (const one of cut) one.abort()
  await become(anas.status, ({ status }) => status !== 'online', 'the cut')
  await within(atBen.send('missed').sent, 'the answer')
  await hears(atAna, (messages) => messages.at(-1)?.text === 'missed', 'what was missed')
  expect(messagesOf(atAna)).toEqual(messagesOf(atBen))
  expect(cut.size).toBe(2)
  await close()
})

test('[SDK134] who signs out elsewhere is signed out on the stream', async () => {
  const { ana, anas, close } = await setUp()
  await server.call(ana, 'POST /api/auth/sign-out', {})
  await become(anas.status, ({ status }) => status === 'signed-out', 'the end of the session')
  await close()
})
