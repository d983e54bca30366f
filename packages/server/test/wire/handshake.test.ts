import { afterAll, beforeAll, expect, test } from 'bun:test'
import { signInPeople } from '../people.ts'
import { type Person, startServer, type TestServer } from '../start-server.ts'
import { connect, sampleAccept, type Upgrade, upgradeRequest } from './tcp-client.ts'

let server: TestServer
let ann: Person
beforeAll(async () => {
  server = await startServer()
  ;[ann] = await signInPeople(server, 'ann')
})
afterAll(() => server[Symbol.asyncDispose]())

/** The head of the answer to a handshake that is right but for what is given. */
async function shake(upgrade: Upgrade, at = server) {
  await using client = await connect(Number(new URL(at.url).port))
  const headers = { Authorization: `Bearer ${ann.token}`, ...upgrade.headers }
  await client.write(upgradeRequest({ ...upgrade, headers }))
  return await client.head()
}

test('[WIRE22] a right handshake is answered with the key’s own proof, and with nothing that was not asked for', async () => {
  const { status, headers } = await shake({})
  expect(status).toBe(101)
  headers.delete('date')
  expect(Object.fromEntries(headers)).toEqual({
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-accept': sampleAccept,
  })
})

const right: [string, Upgrade][] = [
  ['names in lower case', { headers: inLowerCase() }],
  ['Upgrade in other letters', { headers: { Upgrade: 'WebSocket' } }],
  ['Connection in a list', { headers: { Connection: 'keep-alive, Upgrade' } }],
  ['Upgrade in a list', { headers: { Upgrade: 'h2c, websocket' } }],
  // 4.2.1 asks for 1.1 or higher; the runtime doesn't say which it was. No browser or proxy sends 1.0.
  ['HTTP/1.0, a known difference', { version: 'HTTP/1.0' }],
]

function inLowerCase() {
  const names = ['Host', 'Connection', 'Upgrade', 'Sec-WebSocket-Version']
  return {
    ...Object.fromEntries(names.map((name) => [name, undefined])),
    host: 'localhost',
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
  }
}

test.each(right)('[WIRE22] a handshake is right with %s', async (_what, upgrade) => {
  const { status, headers } = await shake(upgrade)
  expect([status, headers.get('sec-websocket-accept')]).toEqual([101, sampleAccept])
})

test.each([
  ['compression', 'Extensions', 'permessage-deflate; client_max_window_bits'],
  ['an unknown extension', 'Extensions', 'x-unknown; a=1'],
  ['subprotocols', 'Protocol', 'chat, superchat'],
])('[WIRE23] %s is offered and not agreed to', async (_what, name, offered) => {
  const header = `Sec-WebSocket-${name}`
  const { status, headers } = await shake({ headers: { [header]: offered } })
  expect([status, headers.get(header.toLowerCase())]).toEqual([101, undefined])
})

const without = (name: string): Upgrade => ({ headers: { [name]: undefined } })
const wrong: [string, Upgrade, number][] = [
  ['no key', without('Sec-WebSocket-Key'), 400],
  ['an empty key', { headers: { 'Sec-WebSocket-Key': '' } }, 400],
  ['a key of 15 bytes', { headers: { 'Sec-WebSocket-Key': btoa('x'.repeat(15)) } }, 400],
  ['a key of 18 bytes', { headers: { 'Sec-WebSocket-Key': btoa('x'.repeat(18)) } }, 400],
  ['a key that is no base64', { headers: { 'Sec-WebSocket-Key': `${'!'.repeat(22)}==` } }, 400],
  ['no Connection', without('Connection'), 400],
  ['a Connection that names no upgrade', { headers: { Connection: 'keep-alive' } }, 400],
  ['an upgrade to something else', { headers: { Upgrade: 'h2c' } }, 400],
  ['no Upgrade', without('Upgrade'), 426],
  ['no version', without('Sec-WebSocket-Version'), 426],
  ['version 8', { headers: { 'Sec-WebSocket-Version': '8' } }, 426],
  ['version 14', { headers: { 'Sec-WebSocket-Version': '14' } }, 426],
  ['POST', { method: 'POST', headers: { 'Content-Length': '0' } }, 405],
  ['PUT', { method: 'PUT', headers: { 'Content-Length': '0' } }, 405],
]

test.each(wrong)('[WIRE24] a handshake with %s is refused as a problem', async (_what, upgrade, refused) => {
  const { status, headers } = await shake(upgrade)
  expect([status, headers.get('content-type')]).toEqual([refused, 'application/problem+json'])
  if (refused === 426) {
    expect([headers.get('upgrade'), headers.get('sec-websocket-version')]).toEqual(['websocket', '13'])
  }
  if (refused === 405) expect(headers.get('allow')).toBe('GET')
  expect((await shake({})).status).toBe(101)
})

test('[WIRE24] a request without Host is refused', async () => {
  expect((await shake(without('Host'))).status).toBe(400)
})

test('[WIRE24] what a client does wrong is no failure of the server', async () => {
  await using other = await startServer()
  for (const [, upgrade, refused] of wrong) expect((await shake(upgrade, other)).status).toBe(refused)
  await other.stop()
  expect(other.log()).not.toContain('"level":50')
})
