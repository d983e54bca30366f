import { expect, test } from 'bun:test'
import { openSynced, signInPeople, startDirect } from './people.ts'
import { isInstalled, proxies, startProxy, statusOf } from './proxies.ts'
import { callsTo, signIn, startServer } from './start-server.ts'
import { openStream } from './stream.ts'
import { connect } from './wire/tcp-client.ts'

/** Of /metrics: a proxy compares what was sent, the server what it means. */
const spellings = [
  ...['/metrics', '/%6detrics', '/x/../metrics', '/./metrics', '/%2e/metrics', '/x/%2e%2e/metrics'],
  ...['/x\\..\\metrics', '/.\\metrics'],
]

for (const name of proxies) {
  const where = isInstalled(name) ? test : test.skip

  where(`[DEPLOY2] behind ${name} a socket and a stream get each event as it comes`, async () => {
    await using server = await startServer()
    const [ana, ben] = await signInPeople(server, 'ana', 'ben')
    const { id } = await startDirect(server, ana, ben)
    await using proxy = await startProxy(name, [new URL(server.url).host])
    const behind = { ...server, call: callsTo(proxy.url), url: proxy.url }
    await using socket = await openSynced(behind, ana)
    await using stream = await openStream(behind, ben)
    await stream.call('sync')
    for (const clientId of ['c1', 'c2']) {
      await socket.call('message.send', { conversationId: id, clientId, text: 'as it comes' })
      expect(await stream.next('event')).toEqual(await socket.next('event'))
    }
    expect(
      await stream.call('message.send', { conversationId: id, clientId: 'c1', text: 'back' }),
    ).toMatchObject({ status: 200 })
    expect(await socket.next('event')).toMatchObject({ data: { message: { text: 'back' } } })
  })

  where(
    `[DEPLOY3] ${name} tells who calls, whatever they say of themselves, and keeps /metrics back`,
    async () => {
      await using server = await startServer()
      await using proxy = await startProxy(name, [new URL(server.url).host])
      const networkOf = async (url: string, email: string) => {
        const person = await signIn(server, email, { through: url, forwardedFor: '203.0.113.9' })
        return (await server.call(person, 'GET /api/v1/me/sessions')).body
      }
      expect(await networkOf(server.url, 'ana@example.com')).toMatchObject({
        items: [{ network: '203.0.113.0/24' }],
      })
      expect(await networkOf(proxy.url, 'ben@example.com')).toMatchObject({
        items: [{ network: '127.0.0.0/24' }],
      })
      expect(await statusOf(`${server.url}/metrics`)).toBe(200)
      const kept = await Promise.all(spellings.map((path) => statusAsSent(proxy.url, path)))
      expect(kept).toEqual(spellings.map((path) => [path, 404]))
    },
  )
}

test.skipIf(!isInstalled('haproxy'))(
  '[DEPLOY5] where its address says TLS, HAProxy listens by TLS alone',
  async () => {
    await using node = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
    await using proxy = await startProxy('haproxy', [`127.0.0.1:${node.port}`], { isTls: true })
    expect(await statusOf(`${proxy.url}/readyz`)).toBe(200)
    await expect(statusOf(proxy.url.replace('https', 'http'))).rejects.toThrow()
  },
)

/** What a path is answered that no client of the runtime's own would send so. */
async function statusAsSent(url: string, path: string): Promise<[string, number]> {
  await using client = await connect(Number(new URL(url).port))
  await client.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  return [path, (await client.head()).status]
}
