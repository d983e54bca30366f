import { expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { createConversation } from '../src/domain/conversations/create-conversation.ts'
import { sendMessage } from '../src/domain/messages/send-message.ts'
import { systemClock } from '../src/lib/clock.ts'
import { startInProcess } from './in-process.ts'
import { oneTo, openSynced, personal, sendMany, signInPeople, startGroup } from './people.ts'
import { eventsOf, openSocket } from './raw-socket.ts'
import { openStalled } from './stalled-socket.ts'
import { startServer, type TestServer } from './start-server.ts'

/** The largest text, 20 kB. */
const bigText = '\u{1f600}'.repeat(4_990)
const megabyte = 1024 * 1024

async function residentBytes({ pid }: TestServer) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024
}

test('[GW70] who stops reading is cut off, holds up no other, costs little memory, and is whole after a sync', async () => {
  await using server = await startServer({ RATE_LIMITS: 'off' })
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id, head } = await startGroup(server, ann, [bob])
  await using anns = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  const port = Number(new URL(server.url).port)
  const hanging = await Promise.all(oneTo(25).map(() => openStalled(port, bob)))
  const before = await residentBytes(server)

  // 25 sockets, 24 MB to each: 600 MB, were it all kept.
  const count = 1_200
  await sendMany(anns, id, count, { text: bigText, atOnce: 20 })
  for (const socket of [anns, bobs]) {
    await socket.next('event', ({ seq }) => seq === head + count)
    expect(eventsOf(socket, id)).toHaveLength(count)
  }
  expect((await residentBytes(server)) - before).toBeLessThan(250 * megabyte)

  for (const { readOn } of hanging) {
    const { code, frames } = await readOn()
    expect([4409, 1006]).toContain(code)
    expect(frames).toBeLessThan(count / 2)
  }
  await using again = await openSocket(server, personal(bob))
  const { events, more } = await again.call('sync', { cursors: { [id]: head } })
  const reached = events.map(({ seq }) => seq)
  for (let after = reached.at(-1) ?? head; after < (more[0]?.head ?? 0); after = reached.at(-1) ?? 0) {
    const page = await again.call('events', { conversationId: id, after, limit: 500 })
    reached.push(...page.events.map(({ seq }) => seq))
  }
  expect(reached).toEqual(oneTo(count).map((number) => head + number))
}, 60_000)

test('[GW71] who reads gets all the large replies that were asked for at once', async () => {
  await using server = await startServer({ RATE_LIMITS: 'off' })
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id } = await startGroup(server, ann, [bob])
  await using writer = await openSocket(server, personal(ann))
  await sendMany(writer, id, 60, { text: bigText, atOnce: 20 })
  await using reader = await openSocket(server, personal(bob))
  const asked = oneTo(30).map(() => reader.call('events', { conversationId: id, after: 2, limit: 500 }))
  const pages = await Promise.all(asked)
  for (const { events } of pages) expect(events.length).toBeGreaterThan(30)
})

test('[GW79] who reads is whole after a burst far beyond a socket’s buffer', async () => {
  await using server = await startInProcess({ clock: systemClock })
  const { domain } = server
  const [ann, bob] = [await server.person('ann'), await server.person('bob')]
  await using bobs = await openSocket(server, { token: server.signIn(bob) })
  await bobs.call('sync')
  const groups = await Promise.all(
    oneTo(12).map(async () => {
      const made = { kind: 'group' as const, name: 'A group', memberIds: [bob] }
      return (await createConversation(domain, ann, made)).conversation
    }),
  )
  for (const { id } of groups)
    await bobs.next('conversation', (push) => 'conversation' in push && push.conversation.id === id)

  // 64 to each of twelve: 15 MB, two thirds of them in one transaction, while nobody can read.
  const sends = groups.flatMap(({ id }) =>
    oneTo(64).map((number) => ({ conversationId: id, senderId: ann, clientId: `${number}`, text: bigText })),
  )
  await Promise.all(sends.map((sending) => sendMessage(domain, sending)))
  for (const { id, head } of groups) {
    await bobs.next('event', ({ conversationId, seq }) => conversationId === id && seq === head + 64)
    expect(eventsOf(bobs, id).map(({ seq }) => seq)).toEqual(oneTo(head + 64).slice(-64))
  }
}, 60_000)
