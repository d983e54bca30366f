import { describe, expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { testUrl } from '../src/drivers/redis/test-redis.ts'
import { createTestDatabase } from '../src/drivers/sql/postgres/test-database.ts'
import { doCall, oneTo, openSynced, signInPeople, startGroup } from './people.ts'
import { eventsOf } from './raw-socket.ts'
import { runServer, startServer, type TestServer } from './start-server.ts'
import { hasEngines } from './two-nodes.ts'
import { within } from './within.ts'

describe.skipIf(!hasEngines)('two processes on one port', () => {
  test('[PROC3] [PROC6] [PROC7] [PROC8] [PROC9] share its sockets, tell each other all, outlive one another, and drain together', async () => {
    await using database = await createTestDatabase()
    const settings = {
      ...{ SECRET: 'a secret for tests, and for nothing else', RATE_LIMITS: 'off' },
      ...{ DATABASE_URL: database.url, REDIS_URL: testUrl(), PROCESSES: '2' },
    }
    await using server = await startServer(settings)
    await server.logs('"up":2')
    const port = new URL(server.url).port
    const told = [...server.said().matchAll(/^Confab is ready at|^ {2}processes {2}2$/gm)]
    expect(told.map(([line]) => line)).toEqual(['Confab is ready at', '  processes  2'])

    const second = { ...settings, DATA_DIR: '/nowhere', PORT: port }
    for (const PROCESSES of ['1', '2'])
      expect(await runServer({ ...second, PROCESSES })).toMatchObject({
        status: 78,
        errors: expect.stringMatching(new RegExp(`^confab: port ${port} is taken[^\\n]*\\n$`)),
      })

    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    const { id: conversationId, head } = await startGroup(server, ann, [bob])
    const sockets = await Promise.all(oneTo(24).map((n) => openSynced(server, n % 2 ? ann : bob)))
    const at = await socketsAt(server)
    expect([at.size, [...at.values()].reduce((sum, count) => sum + count)]).toEqual([2, 24])
    expect([...at.values()]).not.toContain(0)
    await Promise.all(
      sockets.map((socket, n) =>
        socket.call('message.send', { conversationId, clientId: `${n}`, text: `${n}` }),
      ),
    )
    const all = oneTo(24).map((n) => head + n)
    for (const socket of sockets) {
      await socket.next('event', ({ seq }) => seq === head + 24)
      expect(eventsOf(socket, conversationId).map(({ seq }) => seq)).toEqual(all)
    }

    const pids = await childrenOf(server)
    expect(pids).toHaveLength(2)
    const [gone = 0, staying = 0] = pids
    process.kill(gone, 'SIGKILL')
    await server.logs('"up":1', 2)
    // What it has asked every process of they answer after what the parent told them before.
    expect((await socketsAt(server)).size).toBe(1)
    expect((await server.call(undefined, 'GET /readyz')).body).toEqual({
      ...{ status: 'ok', down: [], degraded: ['processes'] },
    })
    const left = await Promise.race(sockets.map(async (socket) => (await socket.closed).code))
    expect(left).toBe(1006)
    await doCall(server, ann, 'GET /api/v1/me')
    await server.logs('"up":2', 2)
    expect((await socketsAt(server)).size).toBe(2)
    expect((await server.call(undefined, 'GET /readyz')).body).toEqual({ status: 'ok', down: [] })
    const [one, other] = await childrenOf(server)
    expect([one, other]).toContain(staying)

    const stopped = server.stop()
    for (const socket of sockets)
      expect((await within(socket.closed, 'the close')).code).toBeOneOf([1006, 4503])
    expect(await stopped).toBe(0)
    for (const pid of [one ?? 0, other ?? 0]) expect(() => process.kill(pid, 0)).toThrow()
  }, 60_000)

  test('[PROC7] they end with a parent that was killed', async () => {
    await using database = await createTestDatabase()
    await using server = await startServer({
      ...{ SECRET: 'a secret for tests, and for nothing else', DATABASE_URL: database.url },
      ...{ REDIS_URL: testUrl(), PROCESSES: '2' },
    })
    const [ann] = await signInPeople(server, 'ann')
    await using socket = await openSynced(server, ann)
    await server.stop('SIGKILL')
    expect((await within(socket.closed, 'the close')).code).toBe(4503)
  })

  test('[PROC4] what ends the first before it can serve is the status of all', async () => {
    await using database = await createTestDatabase()
    const { status, errors } = await runServer({
      ...{ SECRET: 'a secret for tests, and for nothing else', DATABASE_URL: database.url },
      ...{ REDIS_URL: 'rediss://127.0.0.1?ca=/nowhere/ca.pem', PROCESSES: '2', DATA_DIR: '/nowhere' },
    })
    expect(errors).toMatch(/^confab: REDIS_URL: ca can't be read[^\n]*\n$/)
    expect(status).toBe(78)
  })
})

test('[PROC2] on SQLite auto is one process, which is told', async () => {
  await using server = await startServer({ PROCESSES: 'auto' })
  expect(server.log()).toContain('PROCESSES=auto is one process here')
  expect((await server.call(undefined, 'GET /readyz')).body).toEqual({ status: 'ok', down: [] })
  expect(await (await fetch(`${server.url}/metrics`)).text()).toContain('\nconfab_connections 0\n')
})

/** How many sockets each process has, as any of them tells. */
async function socketsAt({ url }: TestServer): Promise<Map<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const found = text.matchAll(/^confab_connections\{process="(\d)"\} (\d+)$/gm)
  return new Map([...found].map(([, process = '', count]) => [process, Number(count)]))
}

async function childrenOf({ pid }: TestServer): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.trim().split(' ').map(Number)
}
