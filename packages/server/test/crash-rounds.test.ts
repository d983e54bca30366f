import { expect, test } from 'bun:test'
import type { Chat } from '@confab/client/chat'
import { connect } from '@confab/client/connect'
import { defaultEdges } from '@confab/client/default-edges'
import { openDataFolder } from './data-folder.ts'
import { oneTo, openSynced, readLog, signInPeople, startGroup } from './people.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'
import { type Sent, sendSteadily } from './steady-sender.ts'
import { within } from './within.ts'

const rounds = 4
const perRound = 20

/** An SDK client whose server may come back on another port. */
function openChat(first: TestServer, { token }: Person) {
  let url = first.url
  const edges = defaultEdges()
  const moved = (address: string) => address.replace(new URL(first.url).host, new URL(url).host)
  const chat: Chat = connect({
    url: first.url,
    token,
    edges: {
      openSocket: (address) => edges.openSocket(moved(address)),
      fetch: (address, init) => edges.fetch(moved(address), init),
    },
  })
  return {
    chat,
    moveTo(server: TestServer) {
      url = server.url
      chat.reconnect()
    },
  }
}

test('[RUN17] [RUN18] killed four times in the middle of sends, it has every message once, in one order', async () => {
  await using folder = await openDataFolder()
  const settings = { RATE_LIMITS: 'off', LOG_LEVEL: 'silent' }
  let server = await startServer(settings, folder)
  await using ends = new AsyncDisposableStack()
  ends.defer(() => server[Symbol.asyncDispose]())
  const [ann, bob, carl] = await signInPeople(server, 'ann', 'bob', 'carl')
  const { id, head } = await startGroup(server, ann, [bob, carl])
  const { chat, moveTo } = openChat(server, carl)
  await using _closing = chat

  const acknowledged = new Map<number, string>()
  const sendings: { clientId: string; sent: Promise<{ seq: number }> }[] = []
  const resent: Sent[] = []
  for (const round of oneTo(rounds)) {
    const sockets = await Promise.all([ann, ann, bob].map((person) => openSynced(server, person)))
    const senders = sockets.map((socket, index) => sendSteadily(socket, id, `${round} ${index}`))
    // Some are sent while there is no server at all.
    for (const number of oneTo(perRound)) {
      sendings.push(chat.conversation(id).send(`round ${round}, message ${number}`))
    }
    await within(Promise.all(senders.map((sender) => sender.acknowledged(7 * round))), 'acknowledgements')
    await server.stop('SIGKILL')
    const outcomes = await Promise.all(senders.map(({ ended }) => ended))
    server = await startServer(settings, folder)
    moveTo(server)

    for (const [index, { acknowledged: known, unanswered }] of outcomes.entries()) {
      for (const { seq, clientId } of known) acknowledged.set(seq, clientId)
      // Whoever was cut off sends it all again, as the contract says, in the midst of everybody else.
      await using again = await openSynced(server, index === 2 ? bob : ann)
      for (const sent of unanswered) {
        const { message } = await again.call('message.send', sent)
        acknowledged.set(message.seq, sent.clientId)
        resent.push(sent)
      }
    }
  }
  for (const { clientId, sent } of sendings) {
    acknowledged.set((await within(sent, `the answer to ${clientId}`)).seq, clientId)
  }

  const log = await readLog(server, bob, id)
  expect(log.map(({ seq }) => seq)).toEqual(oneTo(log.length))
  const stored = log.slice(head).map(({ seq, data }) => [seq, data.message?.clientId])
  expect(stored).toEqual([...acknowledged].sort(([one], [other]) => one - other))
  expect(new Set(stored.map(([, clientId]) => clientId)).size).toBe(stored.length)
  // The SDK's own came in the order in which they were written.
  const own = log
    .filter(({ actorId }) => actorId === carl.id && head > 0)
    .map(({ data }) => data.message?.text)
  const written = oneTo(rounds).flatMap((round) =>
    oneTo(perRound).map((number) => `round ${round}, message ${number}`),
  )
  expect(own).toEqual(written)
  // Without this the kills would have come when nothing was under way.
  expect(resent.length).toBeGreaterThan(0)
})
