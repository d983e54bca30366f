import { expect, test } from 'bun:test'
import { connectionId, sessionId, userId } from '@confab/protocol/ids'
import { manualClock } from '../../lib/manual-clock.ts'
import type { Connection } from './connection.ts'
import { SocketConnection, type SocketData } from './socket-connection.ts'
import { openSweeper } from './sweep.ts'

// The runtime's own client tells of pings; the DOM's types, which are loaded too, hide that.
const clientName: string = 'WebSocket'
const Client: new (url: string) => Bun.WebSocket = Reflect.get(globalThis, clientName)

const sessionMs = 3_600_000

/** Connections of a real server, swept by a clock that stands still until it is moved. */
function openSwept({ limited = true } = {}) {
  const clock = manualClock()
  const connections = new Set<Connection>()
  const stack = new AsyncDisposableStack()
  stack.use(openSweeper({ connections, clock, limited, bounds: {}, also: () => undefined }))
  let accept: (connection: Connection) => void
  const server = Bun.serve<SocketData>({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request, to) => {
      to.upgrade(request, { data: { admission: { admitted: 'anonymous' }, connection: undefined } })
    },
    websocket: {
      open(socket) {
        const connection = new SocketConnection(socket, connectionId.parse('a connection'), clock.elapsed())
        connections.add(connection)
        accept(connection)
      },
      message: () => undefined,
      backpressureLimit: 64 * 1024 * 1024,
      sendPings: false,
    },
  })
  stack.defer(() => server.stop(true))

  /** The server's end of a new connection, signed in for an hour, and what its client sees. */
  async function connect() {
    const accepted = new Promise<Connection>((resolve) => {
      accept = resolve
    })
    const client = new Client(`ws://127.0.0.1:${server.port}`)
    const closed = new Promise<{ code: number; reason: string }>((resolve) => {
      client.addEventListener('close', ({ code, reason }) => resolve({ code, reason }))
    })
    const connection = await accepted
    // Heard all the while, unless a test says otherwise.
    connection.heardAt = clock.elapsed() + sessionMs
    connection.session = {
      userId: userId.parse('01a1fd57-66e8-7312-8193-94c3ef0cfc03'),
      sessionId: sessionId.parse('a session'),
      expiresAt: clock.now() + sessionMs,
    }
    return { connection, client, closed }
  }

  return { clock, connections, connect, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

test('[GW8] who does not sign in within 5 s is closed with 4408', async () => {
  await using swept = openSwept()
  const stays = await swept.connect()
  const { connection, closed } = await swept.connect()
  connection.session = undefined
  swept.clock.advance(4_999)
  connection.send('still here')
  swept.clock.advance(1)
  expect(await closed).toMatchObject({ code: 4408 })
  stays.connection.close(4000, 'was still open')
  expect(await stays.closed).toMatchObject({ code: 4000 })
})

test('[GW12] a session’s end closes its socket with 4503', async () => {
  await using swept = openSwept()
  const { closed } = await swept.connect()
  swept.clock.advance(1_000)
  const stays = await swept.connect()
  swept.clock.advance(sessionMs - 1_000)
  expect(await closed).toMatchObject({ code: 4503 })
  stays.connection.close(4000, 'was still open')
  expect(await stays.closed).toMatchObject({ code: 4000 })
})

test('[STREAM6] [GW74] who is not heard for 30 s is closed, whatever is sent to them', async () => {
  await using swept = openSwept()
  const [silent, calling] = [await swept.connect(), await swept.connect()]
  silent.connection.heardAt = swept.clock.elapsed()
  calling.connection.heardAt = swept.clock.elapsed() + 15_000
  swept.clock.advance(29_000)
  silent.connection.send('still here')
  expect(silent.connection.closed).toBe(false)
  swept.clock.advance(1_000)
  expect(await silent.closed).toMatchObject({ code: 1001 })
  calling.connection.close(4000, 'was still open')
  expect(await calling.closed).toMatchObject({ code: 4000 })
})

test('[GW80] nobody is silent, nor late to sign in, because the clock was set', async () => {
  for (const ms of [30_000, -30_000]) {
    await using swept = openSwept()
    const [heard, fresh, silent] = [await swept.connect(), await swept.connect(), await swept.connect()]
    for (const { connection } of [heard, silent]) connection.heardAt = swept.clock.elapsed()
    fresh.connection.session = undefined
    swept.clock.stepBy(ms)
    swept.clock.advance(1_000)
    for (const { connection, closed } of [heard, fresh]) {
      connection.close(4000, 'was still open')
      expect(await closed).toMatchObject({ code: 4000 })
    }
    swept.clock.advance(29_000)
    expect(await silent.closed).toMatchObject({ code: 1001 })
  }
})

test('[GW30] more than 1,000 calls between two looks are closed with 4429, and a thousand are not', async () => {
  await using swept = openSwept()
  const [busy, flooding] = [await swept.connect(), await swept.connect()]
  busy.connection.callsTaken = 1_000
  flooding.connection.callsTaken = 1_001
  swept.clock.advance(1_000)
  expect(await flooding.closed).toEqual({ code: 4429, reason: 'retry-after-ms=1000' })
  busy.connection.callsTaken = 1_000
  swept.clock.advance(1_000)
  busy.connection.close(4000, 'was still open')
  expect(await busy.closed).toMatchObject({ code: 4000 })
})

test('[GW30] without limits nobody is closed for calling', async () => {
  await using swept = openSwept({ limited: false })
  const { connection, closed } = await swept.connect()
  connection.callsTaken = 1_000_000
  swept.clock.advance(1_000)
  connection.close(4000, 'was still open')
  expect(await closed).toMatchObject({ code: 4000 })
})

test('[GW72] who is behind at ten looks in a row is closed with 4409, who catches up between is not', async () => {
  await using swept = openSwept()
  const [slow, late] = [await swept.connect(), await swept.connect()]
  // More than the kernel takes. Nothing is read as long as this test doesn't wait.
  const much = 'x'.repeat(16 * 1024 * 1024)
  const received = new Promise<void>((resolve) => late.client.addEventListener('message', () => resolve()))
  late.connection.send(much)
  swept.clock.advance(9_000)
  await received
  slow.connection.send(much)
  swept.clock.advance(1_000)
  late.connection.send(much)
  expect(slow.connection.bufferedBytes).toBeGreaterThan(1024 * 1024)
  swept.clock.advance(9_000)
  expect(await slow.closed).toMatchObject({ code: 4409 })
  late.connection.close(4000, 'was still open')
  expect(await late.closed).toMatchObject({ code: 4000 })
})

test('[GW73] who stays is pinged, however many others go meanwhile', async () => {
  await using swept = openSwept()
  const others: Connection[] = []
  while (others.length < 29 * 14 + 1) others.push((await swept.connect()).connection)
  const { connection, client, closed } = await swept.connect()
  let pings = 0
  client.addEventListener('ping', () => pings++)
  for (let second = 0; second < 29; second++) {
    swept.clock.advance(1_000)
    for (const gone of others.splice(0, 14)) swept.connections.delete(gone)
  }
  connection.close(4000, 'all pings have come before this')
  await closed
  expect(pings).toBeGreaterThanOrEqual(1)
})

test('[GW73] every socket is pinged once in 15 s', async () => {
  await using swept = openSwept()
  const all = [await swept.connect(), await swept.connect(), await swept.connect()]
  const pings = all.map(({ client }) => {
    let count = 0
    client.addEventListener('ping', () => count++)
    return () => count
  })
  swept.clock.advance(30_000)
  for (const { connection, closed } of all) {
    connection.close(4000, 'all pings have come before this')
    await closed
  }
  expect(pings.map((count) => count())).toEqual([2, 2, 2])
})
