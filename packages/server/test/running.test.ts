import { Database } from 'bun:sqlite'
import { afterAll, describe, expect, test } from 'bun:test'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Conversation } from '@confab/protocol/conversation'
import type { Message } from '@confab/protocol/message'
import { openSocket } from './raw-socket.ts'
import { runServer, startServer, type TestServer } from './start-server.ts'
import { within } from './within.ts'

const scratch = mkdtempSync(join(tmpdir(), 'confab-running-'))
afterAll(() => rmSync(scratch, { recursive: true }))
const newFolder = () => mkdtempSync(join(scratch, 'data-'))

const linesOf = (text: string) => text.split('\n').filter((line) => line !== '')

describe('a start that is refused', () => {
  test('[RUN2] [RUN3] wrong settings: each by its name, on one line, status 78', async () => {
    const dataDir = join(newFolder(), 'untouched')
    const { status, errors, said } = await runServer({
      DATA_DIR: dataDir,
      PORT: 'eighty',
      SECRET: 'short',
      S3_URL: 'https://user:password@localhost',
    })
    expect(linesOf(errors)).toEqual([
      'confab: PORT must be a whole number from 0 to 65535, not "eighty"',
      'confab: SECRET must have at least 32 characters',
      'confab: S3_URL is not supported by this version yet: leave it out',
    ])
    expect({ status, said }).toEqual({ status: 78, said: '' })
    expect(existsSync(dataDir)).toBe(false)
  })

  test('[RUN4] a taken port: one line, status 78, and the data is not touched', async () => {
    using taken = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => undefined } })
    const dataDir = join(newFolder(), 'untouched')
    const { status, errors } = await runServer({ DATA_DIR: dataDir, PORT: String(taken.port) })
    expect(linesOf(errors)).toEqual([
      `confab: port ${taken.port} is taken: set PORT to another, or end the program that listens there`,
    ])
    expect(status).toBe(78)
    expect(existsSync(dataDir)).toBe(false)
  })

  test('[RUN4] a port that another server of ours has: one line, status 78', async () => {
    await using running = await startServer()
    const { port } = new URL(running.url)
    const { status, errors } = await runServer({ DATA_DIR: newFolder(), PORT: port })
    expect(errors).toStartWith(`confab: port ${port} is taken`)
    expect(status).toBe(78)
  })

  test('[RUN4] an address of another machine: one line, status 78', async () => {
    // 192.0.2.0/24 is for documentation: no machine has it.
    const { status, errors } = await runServer({ DATA_DIR: newFolder(), HOST: '192.0.2.1' })
    expect(linesOf(errors)).toHaveLength(1)
    expect(errors).toContain('192.0.2.1:0')
    expect(status).toBe(78)
  })

  test('[RUN5] a folder that cannot be written: one line, status 78', async () => {
    // Below a file, since a mode of 0500 holds back nobody who runs as root.
    const file = join(newFolder(), 'file')
    writeFileSync(file, '')
    const dataDir = join(file, 'data')
    const { status, errors } = await runServer({ DATA_DIR: dataDir })
    expect(linesOf(errors)).toEqual([`confab: the data folder ${dataDir} can't be made`])
    expect(status).toBe(78)
  })

  test('[RUN5] a file that is no database: one line, status 78, and it is left as it was', async () => {
    const dataDir = newFolder()
    const file = join(dataDir, 'confab.db')
    writeFileSync(file, 'x'.repeat(10_000))
    const { status, errors } = await runServer({ DATA_DIR: dataDir })
    expect(linesOf(errors)).toHaveLength(1)
    expect(status).toBe(78)
    expect(readFileSync(file, 'utf8')).toBe('x'.repeat(10_000))
  })

  test('[RUN6] a second server on the same data: one line, status 78, and the first goes on', async () => {
    await using first = await startServer()
    const { status, errors } = await runServer({ DATA_DIR: first.dataDir })
    expect(linesOf(errors)).toEqual([`confab: another server is running on the data folder ${first.dataDir}`])
    expect(status).toBe(78)
    expect((await first.call(undefined, 'GET /readyz')).body).toEqual({ status: 'ok', down: [] })
  })

  test('[RUN14] an unknown command: one line, status 64', async () => {
    const { status, errors } = await runServer({ DATA_DIR: newFolder() }, ['epoch', 'old'])
    expect(linesOf(errors)).toHaveLength(1)
    expect(status).toBe(64)
  })
})

describe('a stop', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '[RUN7] %s: sockets are told to reconnect, status 0',
    async (signal) => {
      await using server = await startServer()
      const ada = await server.signIn('ada@example.org')
      await using socket = await openSocket(server, { token: ada.token })
      await socket.next('hello')
      const stopped = within(server.stop(signal), 'the end of the process', 10_000)
      expect(await socket.closed).toMatchObject({ code: 4503 })
      expect(await stopped).toBe(0)
    },
  )

  test('[RUN7] a request that is under way is answered, and what it wrote is kept; a new one is refused', async () => {
    const dataDir = newFolder()
    await using server = await startServer({}, { dataDir })
    const ada = await server.signIn('ada@example.org')
    const body = JSON.stringify({ kind: 'group', name: 'Made while stopping' })
    const request = halfRequest(server, ada.token, body)
    await requestsUnderWay(server, 2)
    const stopped = server.stop()
    await refusesConnections(server)
    expect(await request.finish()).toStartWith('HTTP/1.1 201 ')
    expect(await stopped).toBe(0)

    await using next = await startServer({}, { dataDir })
    const list = await next.call(ada, 'GET /api/v1/conversations')
    expect(list.body).toMatchObject({ items: [{ name: 'Made while stopping' }] })
  })
})

describe('what is kept', () => {
  test('[RUN8] a restart keeps the epoch, the secret, sessions and messages', async () => {
    const dataDir = newFolder()
    const secret = () => readFileSync(join(dataDir, 'secret'), 'utf8')
    const look = async (server: TestServer, token: string) => {
      await using socket = await openSocket(server, { token })
      return (await socket.next('hello')).epoch
    }

    await using first = await startServer({}, { dataDir })
    const ada = await first.signIn('ada@example.org')
    const made = await first.call(ada, 'POST /api/v1/conversations', { kind: 'group', name: 'Kept' })
    const path = `/api/v1/conversations/${(made.body as Conversation).id}/messages`
    const sent = await first.call(ada, `POST ${path}`, { clientId: 'once', text: 'kept' })
    const before = { epoch: await look(first, ada.token), secret: secret() }
    await first.stop()

    await using second = await startServer({}, { dataDir })
    expect({ epoch: await look(second, ada.token), secret: secret() }).toEqual(before)
    expect((await second.call(ada, `GET ${path}`)).body).toEqual({ items: [sent.body as Message], head: 2 })
    const again = await second.call(ada, `POST ${path}`, { clientId: 'once', text: 'kept' })
    expect(again).toMatchObject({ status: 200, body: sent.body as Message })
  })

  test('[RUN9] a secret is made for its owner alone, and none where one is given', async () => {
    await using generating = await startServer()
    const file = join(generating.dataDir, 'secret')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8').trim().length).toBeGreaterThanOrEqual(32)
    await using given = await startServer({ SECRET: 'a secret of a test, and 32 long or more' })
    expect(existsSync(join(given.dataDir, 'secret'))).toBe(false)
  })

  test('[RUN15] what it writes is readable by its owner alone, in whatever folder', async () => {
    const dataDir = newFolder()
    chmodSync(dataDir, 0o755)
    await using server = await startServer({}, { dataDir })
    expect((await server.call(undefined, 'GET /readyz')).status).toBe(200)
    const modes = readdirSync(dataDir).map((name) => [name, statSync(join(dataDir, name)).mode & 0o077])
    expect(modes.map(([name]) => name)).toContain('confab.db')
    expect(modes.filter(([, mode]) => mode !== 0)).toEqual([])
  })

  test('[RUN10] epoch new begins another epoch, and is refused while a server runs', async () => {
    const dataDir = newFolder()
    const epoch = () => {
      using database = new Database(join(dataDir, 'confab.db'), { readonly: true })
      return database.query("SELECT value FROM meta WHERE name = 'epoch'").get()
    }
    const server = await startServer({}, { dataDir })
    const before = epoch()
    const refused = await runServer({ DATA_DIR: dataDir }, ['epoch', 'new'])
    expect(refused).toMatchObject({ status: 78, said: '' })
    expect(epoch()).toEqual(before)
    await server.stop()

    const renewed = await runServer({ DATA_DIR: dataDir }, ['epoch', 'new'])
    expect(renewed).toMatchObject({ status: 0, errors: '' })
    expect(epoch()).not.toEqual(before)
  })
})

describe('a server that runs', () => {
  test('[RUN11] [RUN12] tells its address, its data and its mail, and how it is', async () => {
    await using server = await startServer()
    const { body } = await server.call(undefined, 'GET /healthz')
    expect(body).toEqual({ status: 'ok' })
    expect((await server.call(undefined, 'GET /readyz')).body).toEqual({ status: 'ok', down: [] })
    expect(linesOf(server.said())).toEqual([
      `Confab is ready at ${server.url}`,
      `  on    127.0.0.1:${new URL(server.url).port}`,
      `  data  ${server.dataDir}`,
      `  mail  ${server.url}/dev/mail (a preview: no mail leaves this machine)`,
    ])
  })

  test('[RUN11] its metrics count what it did', async () => {
    await using server = await startServer()
    const ada = await server.signIn('ada@example.org')
    await server.call(ada, 'POST /api/v1/conversations', { kind: 'group', name: 'Counted' })
    await using socket = await openSocket(server, { token: ada.token })
    await socket.next('hello')
    const text = await metrics(server)
    expect(text).toMatch(/^confab_connections 1$/m)
    // The group, and perhaps by then what is kept of who came.
    expect(text).toMatch(/^confab_commit_batch_writes_count [12]$/m)
    expect(text).toMatch(/^confab_commit_queue_depth 0$/m)
    expect(text).toMatch(/^http_requests_total\{status="2xx"\} [1-9]/m)
    expect(text).toMatch(/^process_resident_memory_bytes [1-9]/m)
  })

  test('[RUN33] its metrics are told to who asks it, and not through a proxy', async () => {
    await using server = await startServer()
    const statusOf = async (path: string, headers: Record<string, string>) =>
      (await fetch(`${server.url}${path}`, { headers })).status
    expect(await statusOf('/metrics', {})).toBe(200)
    for (const name of ['X-Forwarded-For', 'Forwarded', 'Via', 'X-Real-IP'])
      expect([name, await statusOf('/metrics', { [name]: '203.0.113.9' })]).toEqual([name, 404])
    expect(await statusOf('/readyz', { 'X-Forwarded-For': '203.0.113.9' })).toBe(200)
  })

  test('[RUN13] a process does what its ROLES say and nothing else', async () => {
    await using server = await startServer({ ROLES: 'chat' })
    const status = async (request: string) => (await server.call(undefined, request)).status
    expect(await status('GET /api/v1/conversations')).toBe(401)
    expect(await status('GET /api/v1/me')).toBe(404)
    expect(await status('GET /api/auth/get-session')).toBe(404)
    expect(await status('GET /api/v1/ws')).toBe(404)
    expect(await status('POST /api/v1/ws/ticket')).toBe(404)
  })
})

const metrics = async (server: TestServer) => (await fetch(`${server.url}/metrics`)).text()

/** Waits until so many requests are under way, the one that asks included. */
async function requestsUnderWay(server: TestServer, count: number): Promise<void> {
  const shown = `http_requests_under_way ${count}\n`
  while (!(await metrics(server)).includes(shown)) await Promise.resolve()
}

async function refusesConnections(server: TestServer): Promise<void> {
  while (await canConnect(server)) await Promise.resolve()
}

function canConnect(server: TestServer): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.on('connect', () => resolve(true))
  socket.on('error', () => resolve(false))
  return promise.finally(() => socket.destroy())
}

/** A request whose body lacks its last byte until it is to be finished. */
function halfRequest({ url }: TestServer, token: string, body: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const { promise: answered, resolve } = Promise.withResolvers<string>()
  let answer = ''
  socket.setEncoding('utf8')
  socket.on('data', (part: string) => {
    answer += part
  })
  socket.on('close', () => resolve(answer))
  socket.write(
    [
      'POST /api/v1/conversations HTTP/1.1',
      `Host: ${new URL(url).host}`,
      `Authorization: Bearer ${token}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body.slice(0, -1),
    ].join('\r\n'),
  )
  return {
    finish: () => {
      socket.write(body.slice(-1))
      return answered
    },
  }
}
