import { expect, test } from 'bun:test'
import { startServer } from './start-server.ts'
import { connect, type TcpClient } from './wire/tcp-client.ts'
import { within } from './within.ts'

const everyMs = 1_000
/** What the runtime gives a request's head, and its look every few seconds. */
const headWithinMs = 16_000

/** Writes a byte now and then until the connection has ended; answers how long it lasted. */
async function trickle(client: TcpClient, { begin, drip }: { begin: string; drip: string }): Promise<number> {
  const startedAt = performance.now()
  let ended = false
  const end = client.ended.then(() => {
    ended = true
  })
  await client.write(begin)
  while (!ended && performance.now() - startedAt < headWithinMs) {
    await Promise.race([end, new Promise((resolve) => setTimeout(resolve, everyMs))])
    if (drip !== '' && !ended) await client.write(drip)
  }
  expect(ended, `${JSON.stringify(begin)} and ${JSON.stringify(drip)} now and then`).toBe(true)
  return performance.now() - startedAt
}

test('[HTTP15] who trickles a request’s head, or never ends it, is hung up on; others are answered meanwhile', async () => {
  await using server = await startServer()
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
  for (const lastedMs of await Promise.all(trickled)) expect(lastedMs).toBeLessThan(headWithinMs)
})
