import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { defaultLimits } from '@confab/protocol/limits'
import { openCommitQueue } from '../src/domain/delivery/commit-queue.ts'
import type { Domain } from '../src/domain/domain.ts'
import { openMemoryBus } from '../src/drivers/memory/bus.ts'
import { openMemoryPresence } from '../src/drivers/memory/presence.ts'
import { openDatabase } from '../src/drivers/sql/database.ts'
import { openSqliteStore } from '../src/drivers/sql/sqlite-store.ts'
import { systemClock } from '../src/lib/clock.ts'
import { accountsRole } from '../src/roles/accounts/accounts.ts'
import { chatRole } from '../src/roles/chat/chat.ts'
import { handshakeRoutes, socketPath } from '../src/roles/gateway/handshake.ts'
import { streamRoutes } from '../src/roles/gateway/stream-routes.ts'
import { type ApiDocument, checkAnswer, readDocument } from './documented.ts'
import { noDevices, openDoors } from './open-doors.ts'
import { signInPeople, startGroup } from './people.ts'
import { startServer, type TestServer } from './start-server.ts'

const someId = '01939c2e-0000-7000-8000-000000000001'
const methods = ['get', 'post', 'put', 'patch', 'delete']

let server: TestServer
let document: ApiDocument
beforeAll(async () => {
  server = await startServer()
  document = await readDocument(server)
})
afterAll(() => server[Symbol.asyncDispose]())

const operations = () =>
  Object.entries(document.paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => ({ path, method, operation })),
  )
const filled = (path: string) => path.replace('{seq}', '1').replace(/\{\w+\}/g, someId)

describe('what is documented', () => {
  test('[REST27] is served: each call that needs a session says so', async () => {
    expect(operations().length).toBeGreaterThan(20)
    for (const { path, method, operation } of operations()) {
      const answer = await fetch(`${server.url}${filled(path)}`, { method, redirect: 'manual' })
      await answer.text()
      const wanting = method === 'post' || path.endsWith('/verify-email')
      const fixed: Record<string, number> = { [socketPath]: 426, '/api/auth/callback/{id}': 302 }
      const open = fixed[path] ?? (wanting && !path.endsWith('/sign-out') ? 400 : 200)
      // better-auth looks at a body before it looks at who sends it.
      const looksFirst =
        path.startsWith('/api/auth/') && (operation.requestBody || path.includes('/two-factor/'))
      const shut = looksFirst ? 400 : 401
      expect(`${method} ${path} ${answer.status}`).toBe(
        `${method} ${path} ${operation.security ? shut : open}`,
      )
    }
  })

  test('[REST27] is all that is served at its paths: any other method is 405', async () => {
    const { paths } = document
    for (const [path, documented] of Object.entries(paths)) {
      for (const method of methods.filter((one) => !(one in documented))) {
        const answer = await server.call(undefined, `${method.toUpperCase()} ${filled(path)}`)
        expect(`${method} ${path} ${answer.status}`).toBe(`${method} ${path} 405`)
        const allowed = (answer.headers.get('allow') ?? '').toLowerCase().split(', ')
        expect(allowed.sort()).toEqual(Object.keys(documented).sort())
      }
    }
  })

  test('[REST27] is every route of the roles', async () => {
    const database = openDatabase({ file: ':memory:' })
    await using store = await openSqliteStore({ database, limits: defaultLimits })
    const report = () => undefined
    await using commits = openCommitQueue({ store, announce: () => undefined, report })
    const nobody = {
      authenticate: async () => undefined,
      handle: async () => new Response(),
      emailOf: async () => undefined,
      ...noDevices,
    }
    const domain: Domain = {
      store,
      commits,
      bus: openMemoryBus({ report }),
      presence: openMemoryPresence({ clock: systemClock }),
      identity: { ...noDevices, emailOf: async () => undefined, erase: async () => undefined },
      rateLimits: undefined,
      limits: defaultLimits,
      ...openDoors,
      clock: systemClock,
      newId: Bun.randomUUIDv7,
      contentSecret: randomBytes(32),
      report,
    }
    const given = { domain, identity: nobody, trustedOrigins: [], publicUrl: server.url }
    const inbox = { list: async () => [] }
    const heartbeats = { beat: async () => undefined, [Symbol.dispose]: () => undefined }
    const tickets = { issue: async () => ({ ticket: '', expiresAt: 0 }) }
    const gateway = { openStream: () => new ReadableStream<Uint8Array>(), call: async () => undefined }
    const served = [
      accountsRole({ ...given, inbox, mailer: { send: async () => undefined } }),
      chatRole({ ...given, heartbeats, tickets }),
      handshakeRoutes(),
      streamRoutes({ ...given, gateway, limits: undefined }),
    ]
      .flatMap(({ routes }) => routes)
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/'))
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`)
    // Those of better-auth are one route; what is open of them is ACCESS1's.
    const ours = operations().filter(({ path }) => !path.startsWith('/api/auth/'))
    const documented = ours.map(({ path, method }) => `${method} ${path}`)
    expect([...new Set(served)].sort()).toEqual(documented.sort())
  })

  test('[REST28] is a whole document: every reference resolves, every path parameter is described', () => {
    expect(document.openapi).toBe('3.1.0')
    const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? []
    expect(references.length).toBeGreaterThan(10)
    for (const reference of new Set(references)) {
      const name = /#\/components\/schemas\/(\w+)"$/.exec(reference)?.[1] ?? reference
      expect(Object.keys(document.components.schemas)).toContain(name)
    }
    for (const { path, operation } of operations()) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
      const described = (operation.parameters ?? []).filter((one) => one.in === 'path')
      expect(described.map(({ name }) => name).sort()).toEqual(named.sort())
      expect(described.every(({ required }) => required)).toBe(true)
      for (const security of operation.security ?? []) {
        expect(Object.keys(document.components.securitySchemes)).toContain(Object.keys(security)[0] ?? '')
      }
    }
  })

  test('[REST28] tells a wrong answer from a right one', async () => {
    const [ada] = await signInPeople(server, 'ada')
    const { id } = await startGroup(server, ada, [])
    const request = `GET /api/v1/conversations/${id}`
    const answer = await server.call(ada, request)
    const check = (change: object) => () =>
      checkAnswer(document, request, { ...answer, body: { ...(answer.body as object), ...change } })
    expect(check({})).not.toThrow()
    expect(check({ leaked: 'ada@example.org' })).toThrow()
    expect(check({ head: 'one' })).toThrow()
    expect(check({ me: { role: 'king' } })).toThrow()
    expect(check({ lastMessage: {} })).toThrow()
    expect(() => checkAnswer(document, request, { ...answer, status: 201 })).toThrow()
    expect(() => checkAnswer(document, 'GET /api/v1/nothing', answer)).toThrow()
  })
})

describe('beside it', () => {
  test('[REST29] the socket is described: every call, its reply, every push', async () => {
    const { body } = await server.call(undefined, 'GET /asyncapi.json')
    const { asyncapi, components } = body as {
      asyncapi: string
      components: { messages: object; schemas: object }
    }
    expect(asyncapi).toBe('3.0.0')
    const names = Object.keys(components.messages)
    for (const name of [
      'call.sync',
      'reply.sync',
      'call.message.send',
      'push.hello',
      'push.event',
      'refusal',
    ]) {
      expect(names).toContain(name)
    }
    const references = JSON.stringify(body).match(/#\/components\/[^"]+/g) ?? []
    const known = Object.entries(components).flatMap(([kind, all]) =>
      Object.keys(all).map((name) => `#/components/${kind}/${name}`),
    )
    expect([...new Set(references)].filter((reference) => !known.includes(reference))).toEqual([])
  })

  test('[REST30] a page lists every call, and loads and runs nothing', async () => {
    const answer = await fetch(`${server.url}/docs`)
    const page = await answer.text()
    for (const { path } of operations()) expect(page).toContain(path)
    expect(page).not.toMatch(/<script|https?:\/\/(?!localhost)/)
    expect(answer.headers.get('content-security-policy')).toStartWith(
      "default-src 'none'; style-src 'sha256-",
    )
  })

  test('[REST30] a page’s own style is the one that its policy allows', async () => {
    const answer = await fetch(`${server.url}/docs`)
    const style = /<style>([\s\S]*?)<\/style>/.exec(await answer.text())?.[1] ?? ''
    const hash = new Bun.CryptoHasher('sha256').update(style).digest('base64')
    expect(answer.headers.get('content-security-policy')).toContain(`'sha256-${hash}'`)
  })
})
