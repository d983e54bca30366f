import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openSynced, personal, signInPeople, startDirect } from './people.ts'
import { openSocket } from './raw-socket.ts'
import { startServer, type TestServer } from './start-server.ts'
import { connect, type TcpClient } from './wire/tcp-client.ts'
import { within } from './within.ts'

// What a server does after real seconds; all wait for it at once.
let server: TestServer
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

const everyMs = 1_000
/**
 * Twice what the runtime gives a request's head (10 s) with its look every few seconds: CI is slow,
 * not wrong.
 */
const endWithinMs = 30_000

/** Writes a byte now and then, until the server hangs up. */
async function trickle(client: TcpClient, { begin, drip }: { begin: string; drip: string }): Promise<void> {
  await client.write(begin)
  // A write fails where the server has hung up, which is what is waited for.
  const dripping = setInterval(() => void client.write(drip).catch(() => undefined), everyMs)
  try {
    const how = `the end of ${JSON.stringify(begin)} and ${JSON.stringify(drip)} now and then`
    await within(client.ended, how, endWithinMs)
  } finally {
    clearInterval(dripping)
  }
}

test.concurrent(
  '[HTTP15] who trickles a request’s head, or never ends it, is hung up on; others are answered meanwhile',
  async () => {
    const port = Number(new URL(server.url).port)
    const start = 'GET / HTTP/1.1\r\nHost: localhost\r\n'
    const slow = [
      { begin: '', drip: '' },
      { begin: `${start}X-Slow: `, drip: '' },
      { begin: `${start}X-Slow: `, drip: 'a' },
      { begin: start, drip: 'X-Slow: a\r\n' },
    ]
    await using stack = new AsyncDisposableStack()
    const trickled = slow.map(async (how) => trickle(stack.use(await connect(port)), how))
    expect((await within(fetch(`${server.url}/healthz`), 'an answer beside them')).status).toBe(200)
    await Promise.all(trickled)
  },
  2 * endWithinMs,
)

test.concurrent('[GW8] [GW30] who does not sign in within 5 s is closed with 4408; who did stays, and may flood without limits', async () => {
  const [ann] = await signInPeople(server, 'ann')
  await using silent = await openSocket(server)
  await using signedIn = await openSocket(server, personal(ann))
  await signedIn.next('hello')
  const openedAt = performance.now()
  // The look that would close it for that, were there limits, is the one that closes the silent socket.
  for (let call = 0; call < 4_000; call++) signedIn.send('{"method":"ping"}')
  expect(await within(silent.closed, 'the close')).toMatchObject({ code: 4408 })
  const tookMs = performance.now() - openedAt
  expect(tookMs).toBeGreaterThan(4_000)
  expect(tookMs).toBeLessThan(8_000)
  expect(await signedIn.call('ping')).toEqual({})
})

test.concurrent('[GW62] typing is told to the members and stops when it is said, or by itself after 5 s', async () => {
  const [ann, bob, eve] = await signInPeople(server, 'ann', 'bob', 'eve')
  const { id } = await startDirect(server, ann, bob)
  await using anns = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  await using eves = await openSynced(server, eve)
  const typing = (isTyping: boolean) => ({ conversationId: id, userId: ann.id, typing: isTyping })
  await anns.call('typing', { conversationId: id, typing: true })
  expect(await bobs.next('typing')).toEqual(typing(true))
  await anns.call('typing', { conversationId: id, typing: false })
  expect(await bobs.next('typing')).toEqual(typing(false))

  await anns.call('typing', { conversationId: id, typing: true })
  expect(await bobs.next('typing')).toEqual(typing(true))
  const startedAt = performance.now()
  expect(await bobs.next('typing')).toEqual(typing(false))
  const tookMs = performance.now() - startedAt
  expect(tookMs).toBeGreaterThan(4_500)
  expect(tookMs).toBeLessThan(8_000)
  expect(eves.pushes.filter(({ method }) => method === 'typing')).toEqual([])
})
