import { expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
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
  const asked = oneTo(40).map(() => reader.call('events', { conversationId: id, after: 2, limit: 500 }))
  const pages = await Promise.all(asked)
  for (const { events } of pages) expect(events.length).toBeGreaterThan(30)
})
