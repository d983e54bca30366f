import { expect, test } from 'bun:test'
import { startServer } from './start-server.ts'
import { connect, type TcpClient } from './wire/tcp-client.ts'
import { within } from './within.ts'

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

test(
  '[HTTP15] who trickles a request’s head, or never ends it, is hung up on; others are answered meanwhile',
  async () => {
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
    await Promise.all(trickled)
  },
  2 * endWithinMs,
)
