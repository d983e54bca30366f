import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Method } from '@confab/protocol/calls'
import { defaultRates, type RateName } from '@confab/protocol/rates'
import { routeLimits } from '../src/roles/http/limits-of-routes.ts'
import { readDocument } from './documented.ts'
import { openSynced, personal, signInPeople, startChannel, startGroup } from './people.ts'
import { openSocket } from './raw-socket.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'
import { within } from './within.ts'

/** So few that a test meets them, and so slowly gained that none comes back meanwhile. */
const few = 3
const tight: readonly RateName[] = [
  ...(['writes', 'conversations', 'invitations', 'typing', 'cursors', 'presence', 'reads'] as const),
  ...(['history', 'search', 'exports', 'reports'] as const),
]
const settings = {
  RATES: tight.map((name) => `${name}=0.01:${few}`).join(','),
  MESSAGES_PER_MINUTE: String(few),
  REACTIONS_PER_MINUTE: String(few),
}

interface Place {
  conversationId: string
  channelId: string
}

/** A way to each limit over REST; each may be gone as often as one likes, as far as anything else goes. */
const restDoors: [RateName, (place: Place, number: number) => [request: string, body?: unknown]][] = [
  [
    'messages',
    ({ conversationId }, n) => [`POST ${to(conversationId)}/messages`, { clientId: `${n}`, text: 'hi' }],
  ],
  ['reactions', ({ conversationId }) => [`PUT ${to(conversationId)}/messages/3/reactions/👍`]],
  [
    'reports',
    ({ conversationId }, n) => [`POST ${to(conversationId)}/messages/${n + 3}/report`, { reason: 'spam' }],
  ],
  ['writes', ({ conversationId }) => [`PATCH ${to(conversationId)}/me`, { muted: true }]],
  ['conversations', (_, n) => ['POST /api/v1/conversations', { kind: 'group', name: `${n}`, memberIds: [] }]],
  ['conversations', ({ channelId }) => [`POST ${to(channelId)}/join`]],
  ['invitations', () => ['POST /api/v1/invitations/look', { token: 'nobody’s' }]],
  ['cursors', ({ conversationId }) => [`PUT ${to(conversationId)}/read`, { seq: 1 }]],
  ['presence', () => ['PUT /api/v1/presence', { status: 'online' }]],
  ['presence', () => ['GET /api/v1/presence?userIds=']],
  ['reads', () => ['GET /api/v1/me']],
  ['history', ({ conversationId }) => [`GET ${to(conversationId)}/messages`]],
  ['history', ({ conversationId }) => [`GET ${to(conversationId)}/events`]],
  ['search', () => ['GET /api/v1/users?query=a']],
  ['search', () => ['GET /api/v1/channels?query=a']],
  // Administrators alone are answered; others are refused, and counted all the same.
  ['exports', () => ['GET /api/v1/admin/audit/export']],
]

const calls: [RateName, Method, (place: Place, number: number) => object][] = [
  ['messages', 'message.send', ({ conversationId }, n) => ({ conversationId, clientId: `${n}`, text: 'hi' })],
  ['reactions', 'message.react', ({ conversationId }) => ({ conversationId, seq: 3, emoji: '👍' })],
  ['writes', 'message.pin', ({ conversationId }) => ({ conversationId, seq: 3 })],
  ['typing', 'typing', ({ conversationId }) => ({ conversationId, typing: true })],
  ['cursors', 'read', ({ conversationId }) => ({ conversationId, seq: 1 })],
  ['cursors', 'delivered', ({ conversationId }) => ({ conversationId, seq: 1 })],
  ['presence', 'presence.set', () => ({ status: 'online' })],
  ['presence', 'presence.watch', () => ({ userIds: [] })],
  ['history', 'sync', () => ({})],
  ['history', 'conversations', () => ({ ids: [] })],
  ['history', 'events', ({ conversationId }) => ({ conversationId, after: 0 })],
  ['history', 'history', ({ conversationId }) => ({ conversationId })],
]

const closing = { code: 4429, reason: expect.stringMatching(/^retry-after-ms=\d{4,6}$/) }

const to = (id: string) => `/api/v1/conversations/${id}`

describe('by user', () => {
  let server: TestServer
  let owner: Person
  beforeAll(async () => {
    server = await startServer({ ...settings, RATE_TIERS: 'administrators=50' })
    // The first one administers, and so prepares what the others meet.
    ;[owner] = await signInPeople(server, 'owner')
  })
  afterAll(() => server[Symbol.asyncDispose]())

  async function place(member: Person): Promise<Place> {
    const group = await startGroup(server, owner, [member])
    const channel = await startChannel(server, owner)
    const post = `POST ${to(group.id)}/messages`
    await server.call(owner, post, { clientId: crypto.randomUUID(), text: 'first' })
    return { conversationId: group.id, channelId: channel.id }
  }

  test.each(restDoors)(
    '[RATE10] %s over REST: so many, and then 429 for them and nobody else',
    async (name, ask) => {
      const [ann, bob] = await signInPeople(server, 'ann', 'bob')
      const at = await place(ann)
      await server.call(owner, `PUT ${to(at.conversationId)}/members/${bob.id}`, {})
      for (let number = 0; number < few; number++) {
        const answer = await server.call(ann, ...ask(at, number))
        expect(answer.status).not.toBe(429)
        expect(answer.headers.get('ratelimit')).toStartWith(`"${name}";r=${few - 1 - number};t=`)
      }
      const refused = await server.call(ann, ...ask(at, few))
      expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(refused.headers.get('ratelimit')).toStartWith(`"${name}";r=0;t=`)
      expect((await server.call(bob, ...ask(at, few))).status).not.toBe(429)
    },
  )

  test.each(calls)(
    '[RATE10] %s by the call %s: so many, and then refused with a time to wait',
    async (_, method, params) => {
      const [ann] = await signInPeople(server, 'ann')
      const at = await place(ann)
      await using socket = await openSocket(server, personal(ann))
      await socket.next('hello')
      const call = async (number: number) => {
        socket.send(JSON.stringify({ id: 'tried', method, params: params(at, number) }))
        return (await socket.reply()).error
      }
      for (let number = 0; number < few; number++) expect(await call(number)).toBeUndefined()
      expect((await call(few))?.data).toMatchObject({
        code: 'rate_limited',
        retryAfterMs: expect.any(Number),
      })
    },
  )

  test('[RATE11] the policy tells what is granted at once, and the time in which it is gained', async () => {
    const [ann] = await signInPeople(server, 'ann')
    const { headers } = await server.call(ann, 'GET /api/v1/me')
    expect(headers.get('ratelimit-policy')).toBe(`"reads";q=${few};w=${(few / 0.01) * 60}`)
  })

  test('[RATE12] a tier multiplies the limits of its role', async () => {
    const mine = await server.call(owner, 'GET /api/v1/me')
    expect(mine.headers.get('ratelimit-policy')).toStartWith(`"reads";q=${50 * few};`)
  })

  test('[RATE13] the first refusal is logged, with who it was, and each is counted', async () => {
    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    for (const person of [ann, bob, ann])
      for (let number = 0; number <= few; number++) await server.call(person, 'GET /api/v1/users?query=a')
    const lines = server
      .log()
      .split('\n')
      .filter((line) => line.includes('a limit was met'))
    const by = (person: Person) =>
      lines.filter((line) => line.includes(person.id)).map((line) => JSON.parse(line))
    expect(by(ann)).toEqual([expect.objectContaining({ level: 40, limit: 'search', userId: ann.id })])
    expect(by(bob)).toHaveLength(1)
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    const [, counted] = /^confab_rate_limited_total\{limit="search"\} (\d+)$/m.exec(metrics) ?? []
    expect(Number(counted)).toBeGreaterThanOrEqual(1 + 1 + few + 1)
  })
})

test('[RATE12] a user’s own tier comes before their role’s', async () => {
  await using before = await startServer()
  // The first one administers.
  await signInPeople(before, 'owner')
  const [ann, bob] = await signInPeople(before, 'ann', 'bob')
  await before.stop()
  const tiers = { RATE_TIERS: `members=2,${bob.id}=7`, RATES: 'reads=10' }
  await using server = await startServer(tiers, { dataDir: before.dataDir })
  const policyFor = async (person: Person) =>
    (await server.call(person, 'GET /api/v1/me')).headers.get('ratelimit-policy')
  expect([await policyFor(ann), await policyFor(bob)]).toEqual(['"reads";q=20;w=60', '"reads";q=70;w=60'])
})

describe('by network', () => {
  const from = (address: string, path = '/api/v1/sign-in', server: TestServer) =>
    fetch(`${server.url}${path}`, { headers: { 'X-Forwarded-For': address } })

  test('[RATE14] counts the address that a trusted proxy tells, of IPv6 the /64; who asks from this machine is not counted', async () => {
    await using server = await startServer({ RATES: `requests=0.01:${few}` })
    const statuses = async (...addresses: string[]) => {
      const all: number[] = []
      for (const address of addresses) all.push((await from(address, undefined, server)).status)
      return all
    }
    expect(await statuses('203.0.113.7', '203.0.113.7', '203.0.113.7')).toEqual([200, 200, 200])
    expect(await statuses('203.0.113.7', '203.0.113.8')).toEqual([429, 200])
    expect(await statuses('2001:db8::1', '2001:db8::2', '2001:db8::3')).toEqual([200, 200, 200])
    expect(await statuses('2001:db8::4', '2001:db8:0:1::4')).toEqual([429, 200])
    // What stands before the nearest address that is no proxy's is hearsay.
    expect(await statuses('198.51.100.1, 203.0.113.7')).toEqual([429])
    for (let asked = 0; asked <= few; asked++)
      expect((await fetch(`${server.url}/api/v1/sign-in`)).status).toBe(200)
    expect(server.log().match(/"limit":"requests","network":"203.0.113.0\/24"/g)).toHaveLength(1)
  })

  test('[RATE14] from a proxy that is not trusted, only its own address counts', async () => {
    const RATES = `requests=0.01:${few}`
    await using trusting = await startServer({ RATES })
    await using wary = await startServer({ RATES, TRUSTED_PROXIES: '192.0.2.1' })
    for (let asked = 0; asked < few; asked++)
      for (const server of [trusting, wary])
        expect((await from('203.0.113.7', undefined, server)).status).toBe(200)
    expect((await from('203.0.113.7', undefined, trusting)).status).toBe(429)
    expect((await from('203.0.113.7', undefined, wary)).status).toBe(200)
  })

  test('[RATE15] sockets beyond a network’s limit are closed with 4429 and a time', async () => {
    await using server = await startServer({ RATES: `sockets=0.5:${few}` })
    const open = (forwardedFor: string) => openSocket(server, { forwardedFor })
    for (let opened = 0; opened < few; opened++) {
      await using fine = await open('203.0.113.7')
      expect((await fine.refusal('ping')).data.code).toBe('unauthenticated')
    }
    await using over = await open('203.0.113.7')
    expect(await within(over.closed, 'the close')).toEqual(closing)
    await using other = await open('203.0.113.8')
    expect((await other.refusal('ping')).data.code).toBe('unauthenticated')
  })
})

describe('connections of a user', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ RATES: `connections=0.5:${few}` })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test('[RATE15] one socket too many is closed with 4429 and a time, whichever way it signs in', async () => {
    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    const ticket = async () =>
      ((await server.call(ann, 'POST /api/v1/ws/ticket')).body as { ticket: string }).ticket
    for (let opened = 0; opened < few; opened++) await (await openSynced(server, ann))[Symbol.asyncDispose]()
    await using byToken = await openSocket(server, personal(ann))
    expect(await within(byToken.closed, 'the close')).toEqual(closing)
    await using byTicket = await openSocket(server, { ticket: await ticket() })
    expect(await within(byTicket.closed, 'the close')).toEqual(closing)
    await using byCall = await openSocket(server)
    byCall.send(JSON.stringify({ id: 1, method: 'auth', params: { token: ann.token } }))
    expect(await within(byCall.closed, 'the close')).toEqual(closing)
    await using other = await openSocket(server, personal(bob))
    await other.next('hello')
  })

  test('[RATE15] a stream too many is 429', async () => {
    const [ann] = await signInPeople(server, 'ann')
    const headers = { Authorization: `Bearer ${ann.token}` }
    const open = async () => {
      const answer = await fetch(`${server.url}/api/v1/stream`, { headers })
      await answer.body?.cancel()
      return answer.status
    }
    for (let opened = 0; opened < few; opened++) expect(await open()).toBe(200)
    expect(await open()).toBe(429)
  })
})

test('[GW30] calls of a socket: so many at once', async () => {
  await using server = await startServer({ RATES: 'calls=60:20' })
  const [ann] = await signInPeople(server, 'ann')
  await using calm = await openSynced(server, ann)
  for (let call = 0; call < 15; call++) await calm.call('ping')
  await using flooding = await openSynced(server, ann)
  for (let call = 0; call < 100; call++) flooding.send('{"method":"ping"}')
  expect(await within(flooding.closed, 'the close')).toEqual({ code: 4429, reason: 'retry-after-ms=1000' })
  await calm.call('ping')
})

test('[RATE16] `RATE_LIMITS=off` lets everything through, and tells of no limit', async () => {
  await using server = await startServer({ ...settings, RATE_LIMITS: 'off' })
  const [ann] = await signInPeople(server, 'ann')
  for (let asked = 0; asked <= few; asked++) {
    const answer = await server.call(ann, 'GET /api/v1/me')
    expect([answer.status, answer.headers.get('ratelimit')]).toEqual([200, null])
  }
})

test('[RATE17] a route that has a limit of its own is a route', async () => {
  await using server = await startServer()
  const { paths } = await readDocument(server)
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  )
  expect(Object.keys(routeLimits).filter((route) => !routes.includes(route))).toEqual([])
})

test('[RATE18] the list of limits in the guide is the one that is in force', async () => {
  const guide = await readFile(join(import.meta.dir, '../../../docs/spec/rate-limits.md'), 'utf8')
  const told = [...guide.matchAll(/^\| `([a-z-]+)` \| ([a-z-]+) \| ([\d,.]+) \| ([\d,.]+) \|/gm)]
  const number = (text = '') => Number(text.replaceAll(',', ''))
  expect(
    Object.fromEntries(
      told.map(([, name, scope, burst, perMinute]) => [
        name,
        { scope, burst: number(burst), perMinute: number(perMinute) },
      ]),
    ),
  ).toEqual(defaultRates)
})
