import { afterAll, beforeAll, expect, test } from 'bun:test'
import { defaultLimits } from '@confab/protocol/limits'
import { doCall, openSynced, personal, signInPeople, startDirect, startGroup } from './people.ts'
import { openSocket, type SocketOptions } from './raw-socket.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'
import { within } from './within.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off', CORS_ORIGINS: 'https://app.example.org' })
})
afterAll(() => server[Symbol.asyncDispose]())

const cookieOf = ({ token }: Person) => `confab.session_token=${token}`

const jwtOf = async (person: Person) =>
  ((await doCall(server, person, 'GET /api/auth/token')) as { token: string }).token

const ticketOf = async (person: Person) =>
  ((await doCall(server, person, 'POST /api/v1/ws/ticket')) as { ticket: string }).ticket

/** Who the server says one is, on a socket opened in some way. */
async function greeted(options: SocketOptions) {
  await using socket = await openSocket(server, options)
  return (await socket.next('hello')).userId
}

/** How the server ends a socket that was opened in some way, and what it sent before. */
async function refused(options: SocketOptions) {
  await using socket = await openSocket(server, options)
  const { code } = await within(socket.closed, 'the close')
  return { code, sent: socket.order }
}

test('[GW1] a cookie signs in from the server’s own page and from a trusted origin', async () => {
  const [ann] = await signInPeople(server, 'ann')
  const cookie = cookieOf(ann)
  expect(await greeted({ cookie, origin: server.url })).toBe(ann.id)
  expect(await greeted({ cookie, origin: server.url.replace('localhost', '127.0.0.1') })).toBe(ann.id)
  expect(await greeted({ cookie, origin: 'https://app.example.org' })).toBe(ann.id)
})

test('[GW1] a cookie without an Origin is closed with 4403', async () => {
  const [ann] = await signInPeople(server, 'ann')
  expect(await refused({ cookie: cookieOf(ann) })).toEqual({ code: 4403, sent: [] })
})

test.each([
  'https://evil.example.org',
  'https://app.example.org.evil.net',
  'http://app.example.org',
  'https://app.example.org:444',
  'null',
])('[GW2] the origin %s is closed with 4403, however one signs in', async (origin) => {
  const [ann] = await signInPeople(server, 'ann')
  const ticket = await ticketOf(ann)
  const foreign = { code: 4403, sent: [] }
  expect(await refused({ origin, cookie: cookieOf(ann) })).toEqual(foreign)
  expect(await refused({ origin, token: ann.token })).toEqual(foreign)
  expect(await refused({ origin, ticket })).toEqual(foreign)
  expect(await refused({ origin })).toEqual(foreign)
  expect(await greeted({ origin: server.url, ticket })).toBe(ann.id)
})

test('[GW3] a session token and a JWT sign in as bearer, with an Origin and without', async () => {
  const [ann] = await signInPeople(server, 'ann')
  const jwt = await jwtOf(ann)
  expect(jwt.split('.')).toHaveLength(3)
  expect(await greeted({ token: ann.token })).toBe(ann.id)
  expect(await greeted({ token: jwt })).toBe(ann.id)
  expect(await greeted({ token: jwt, origin: server.url })).toBe(ann.id)
})

test('[GW3] the bearer token speaks, and not the cookie that comes along', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const both = { cookie: cookieOf(bob), origin: server.url }
  expect(await greeted({ ...both, token: ann.token })).toBe(ann.id)
  expect(await refused({ ...both, token: 'wrong' })).toEqual({ code: 4401, sent: [] })
})

test('[GW4] a ticket signs in once', async () => {
  const [ann] = await signInPeople(server, 'ann')
  const ticket = await ticketOf(ann)
  expect(await greeted({ ticket })).toBe(ann.id)
  expect(await refused({ ticket })).toEqual({ code: 4401, sent: [] })
})

test('[GW4] of many sockets that come with one ticket at once, one is signed in', async () => {
  const [ann] = await signInPeople(server, 'ann')
  const ticket = await ticketOf(ann)
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => greeted({ ticket })))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('[GW5] a session that has ended opens no socket: not by token, JWT, cookie or ticket', async () => {
  const [ann] = await signInPeople(server, 'ann')
  const other = await server.signIn(ann.email)
  const [jwt, ticket, othersTicket] = [await jwtOf(ann), await ticketOf(ann), await ticketOf(other)]
  await doCall(server, ann, 'POST /api/auth/sign-out', {})
  const signedOut = { code: 4401, sent: [] }
  expect(await refused({ token: ann.token })).toEqual(signedOut)
  expect(await refused({ token: jwt })).toEqual(signedOut)
  expect(await refused({ cookie: cookieOf(ann), origin: server.url })).toEqual(signedOut)
  expect(await refused({ ticket })).toEqual(signedOut)
  expect(await greeted({ ticket: othersTicket })).toBe(ann.id)
})

test.each([
  ['a word', 'wrong'],
  ['empty', ''],
  ['like a signed one', 'a.b'],
  ['like a JWT', 'a.b.c'],
  ['very long', 'x'.repeat(5_000)],
  ['badly escaped', '%E0%A4%A'],
  ['SQL', "' OR 1=1 --"],
])('[GW5] a forged token or ticket is upgraded, then closed with 4401: %s', async (_what, token) => {
  expect(await refused({ token })).toEqual({ code: 4401, sent: [] })
  expect(await refused({ ticket: token })).toEqual({ code: 4401, sent: [] })
})

test('[GW6] a first call signs in; hello comes before its answer', async () => {
  const [ann] = await signInPeople(server, 'ann')
  await using socket = await openSocket(server)
  expect(await socket.call('auth', { token: ann.token })).toEqual({})
  expect(socket.order).toEqual(['hello', 'reply'])
  expect((await socket.next('hello')).userId).toBe(ann.id)
})

test('[GW6] a first call with a wrong token is answered, then closed with 4401', async () => {
  await using socket = await openSocket(server)
  expect(await socket.refusal('auth', { token: 'wrong' })).toMatchObject({
    code: -32000,
    data: { code: 'unauthenticated' },
  })
  expect(await within(socket.closed, 'the close')).toMatchObject({ code: 4401 })
})

test('[GW6] who is signed in stays who they are, whatever auth is called', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  await using socket = await openSocket(server, personal(ann))
  expect(await socket.refusal('auth', { token: bob.token })).toMatchObject({ data: { code: 'conflict' } })
  expect(await socket.refusal('auth', { token: 'wrong' })).toMatchObject({
    data: { code: 'unauthenticated' },
  })
  expect((await socket.call('sync')).me?.id).toBe(ann.id)
})

test('[GW7] calls before the sign-in are refused, the socket stays and can sign in', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id, head } = await startDirect(server, ann, bob)
  await using socket = await openSocket(server)
  const message = { conversationId: id, clientId: 'a', text: 'hello' }
  for (const [method, params] of [
    ['sync', {}],
    ['message.send', message],
    ['events', { conversationId: id }],
    ['ping', {}],
  ] as const) {
    expect(await socket.refusal(method, params)).toMatchObject({
      code: -32000,
      data: { code: 'unauthenticated' },
    })
  }
  await socket.call('auth', { token: ann.token })
  expect((await socket.call('message.send', message)).message.seq).toBe(head + 1)
})

test('[GW9] hello comes first and says who, which connection and session, which history and which limits', async () => {
  const [ann] = await signInPeople(server, 'ann')
  const other = await server.signIn(ann.email)
  await using first = await openSocket(server, personal(ann))
  await using second = await openSocket(server, personal(ann))
  await using third = await openSocket(server, personal(other))
  const hellos = [await first.next('hello'), await second.next('hello'), await third.next('hello')] as const
  expect(hellos[0]).toEqual({
    userId: ann.id,
    connectionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    sessionId: expect.any(String),
    epoch: expect.stringMatching(/./),
    serverTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    heartbeatMs: 15_000,
    limits: defaultLimits,
  })
  expect(new Set(hellos.map(({ connectionId }) => connectionId)).size).toBe(3)
  expect(hellos[1].sessionId).toBe(hellos[0].sessionId)
  expect(hellos[2].sessionId).not.toBe(hellos[0].sessionId)
  expect(new Set(hellos.map(({ epoch }) => epoch)).size).toBe(1)
})

test('[GW10] before its first sync a socket is pushed nothing but hello', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  await using synced = await openSynced(server, bob)
  await using quiet = await openSocket(server, personal(bob))
  await using writer = await openSynced(server, ann)
  const { id, head } = await startGroup(server, ann, [bob])
  await synced.next('conversation')
  await writer.call('message.send', { conversationId: id, clientId: 'a', text: 'hello' })
  await writer.call('typing', { conversationId: id, typing: true })
  await writer.call('read', { conversationId: id, seq: head })
  await doCall(server, bob, 'PATCH /api/v1/me', { bio: 'new' })
  await doCall(server, ann, 'PATCH /api/v1/me', { bio: 'new' })
  await synced.next('event')
  await synced.next('typing')
  await synced.next('receipt', ({ userId }) => userId === ann.id)
  await synced.next('me')
  await synced.next('user')
  await quiet.call('ping')
  expect(quiet.order).toEqual(['hello', 'reply'])
})

test('[GW11] signing out closes the session’s sockets with 4401 within a second, and no others', async () => {
  const [ann] = await signInPeople(server, 'ann')
  const other = await server.signIn(ann.email)
  await using first = await openSynced(server, ann)
  await using unsynced = await openSocket(server, personal(ann))
  await using stays = await openSynced(server, other)
  await unsynced.next('hello')
  await doCall(server, ann, 'POST /api/auth/sign-out', {})
  expect(await within(first.closed, 'the close', 1_000)).toMatchObject({ code: 4401 })
  expect(await within(unsynced.closed, 'the close', 1_000)).toMatchObject({ code: 4401 })
  expect(await stays.call('ping')).toEqual({})
})

test('[GW11] a session that is revoked elsewhere, and an account that is erased, close their sockets with 4401', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const other = await server.signIn(ann.email)
  await startDirect(server, ann, bob)
  await using revoked = await openSynced(server, other)
  await using erased = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  await doCall(server, ann, 'POST /api/auth/revoke-other-sessions', {})
  expect(await within(revoked.closed, 'the close', 1_000)).toMatchObject({ code: 4401 })
  expect(await erased.call('ping')).toEqual({})
  await doCall(server, ann, 'DELETE /api/v1/me')
  expect(await within(erased.closed, 'the close', 1_000)).toMatchObject({ code: 4401 })
  expect(await bobs.call('ping')).toEqual({})
})
