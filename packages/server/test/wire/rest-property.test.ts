import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type ApiDocument, checkAnswer, readDocument } from '../documented.ts'
import { signInPeople, startGroup } from '../people.ts'
import { type Person, startServer, type TestServer } from '../start-server.ts'
import { fuzzRuns, fuzzSeed, startFuzzWorld } from './fuzz-world.ts'
import { bodyOf, type OperationAt, operationsOf, type RestRequest, restRequests } from './rest-requests.ts'

let server: TestServer
let document: ApiDocument
let world: Awaited<ReturnType<typeof startFuzzWorld>>
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
  document = await readDocument(server)
  world = await startFuzzWorld(server)
})
afterAll(() => server[Symbol.asyncDispose]())

/** Asks with a body as it is, and holds the answer against the document. */
async function ask(
  {
    method,
    target,
    body,
  }: Omit<RestRequest, 'body'> & { body: string | Uint8Array<ArrayBuffer> | undefined },
  { as, headers = {} }: { as: Person | undefined; headers?: Record<string, string> },
) {
  const answer = await fetch(`${server.url}${target}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(as && { authorization: `Bearer ${as.token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  })
  const text = await answer.text()
  expect(text).not.toContain(world.secret)
  const said: unknown = text === '' ? undefined : JSON.parse(text)
  checkAnswer(document, `${method} ${target}`, { status: answer.status, headers: answer.headers, body: said })
  return answer.status
}

const all = () => operationsOf(document)
/**
 * A zip is no JSON, the stream never ends, and after the others nobody is signed in any more,
 * by another token, or can be.
 */
const endings = ['POST /api/auth/sign-out', 'POST /api/auth/revoke-sessions', 'DELETE /api/v1/me']
const changing = ['POST /api/auth/two-factor/disable', 'PATCH /api/v1/admin/account-settings']
const unasked = ['GET /api/v1/me/export', 'GET /api/v1/stream', ...changing, ...endings]
const askable = () => all().filter(({ method, path }) => !unasked.includes(`${method} ${path}`))
const isEnding = ({ method, path }: OperationAt) =>
  `${method} ${path}` === 'DELETE /api/v1/conversations/{id}' ||
  path.endsWith('/leave') ||
  path.endsWith('/members/{userId}')

test('[WIRE32] every operation answers only what it declares, whatever it is asked and by whom', async () => {
  const { eve, bob, known, group, look } = world
  const ended = await Promise.all(Array.from({ length: 8 }, () => startGroup(server, eve, [bob])))
  const inPath = {
    ...known,
    id: known.conversationId ?? fc.constant(group.id),
    seq: fc.integer({ min: 1, max: 12 }),
  }
  const ending = { ...inPath, id: fc.constantFrom(...ended.map(({ id }) => id), world.hidden.id) }

  const requests = fc.oneof(
    ...askable().map((one) =>
      fc.record({
        one: fc.constant(one),
        request: restRequests(document, one, isEnding(one) ? ending : inPath),
      }),
    ),
  )
  const asker = fc.constantFrom('nobody', 'eve', 'eve', 'bob', 'cookie')
  const cookie = { cookie: `confab.session_token=${encodeURIComponent(eve.token)}` }
  const seen = new Map<string, Set<number>>()
  await fc.assert(
    fc.asyncProperty(requests, asker, async ({ one, request }, who) => {
      const as = { nobody: undefined, eve, bob, cookie: undefined }[who]
      const status = await ask(request, { as, headers: who === 'cookie' ? cookie : {} })
      expect(status).toBeLessThan(500)
      // better-auth looks at a body, and at where it leads to, before it looks at who sends it.
      const looksFirst = one.path.startsWith('/api/auth/') && (status === 400 || status === 403)
      if (one.operation.security && !looksFirst) {
        if (who === 'nobody') expect(status).toBe(401)
        // A cookie that comes from no page of ours may read and nothing else.
        if (who === 'cookie' && one.method !== 'GET') expect(status).toBe(403)
      }
      const name = `${one.method} ${one.path}`
      seen.set(name, (seen.get(name) ?? new Set()).add(status))
    }),
    { seed: fuzzSeed(), numRuns: fuzzRuns(1_000) },
  )
  expect(await look()).toEqual({ ready: 200, untouched: true, failures: [] })
})

test.each(endings)('[WIRE32] what ends a session, %s, answers what it declares', async (ending) => {
  const [method = '', target = ''] = ending.split(' ')
  const [fay] = await signInPeople(server, 'fay')
  expect(await ask({ method, target, body: undefined }, { as: fay })).toBe(method === 'DELETE' ? 204 : 200)
  expect(await ask({ method: 'GET', target: '/api/v1/me', body: undefined }, { as: fay })).toBe(401)
})

/** Bodies that no operation takes, whatever its schema, with what they are refused as. */
const wrongBodies: [string, string | Uint8Array<ArrayBuffer>, string, number][] = [
  ['no JSON', '{"a":', 'application/json', 400],
  ['nothing', '', 'application/json', 400],
  ['not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'application/json', 400],
  ['of another type', 'a=1', 'application/x-www-form-urlencoded', 400],
  // Found by schemathesis: a PATCH of what may all be left out was 200, and changed nothing.
  ['of no type', new Uint8Array([0x7b, 0x7d]), '', 400],
  ['above 1 MiB', `"${'x'.repeat(1024 * 1024)}"`, 'application/json', 413],
]

test.each(wrongBodies)(
  '[WIRE33] a body %s is refused by every operation that takes one',
  async (_what, body, type, status) => {
    const { eve, group } = world
    const taking = askable().filter(({ operation }) => bodyOf(operation))
    expect(taking.length).toBeGreaterThan(5)
    for (const { method, path } of taking) {
      const target = path
        .replace('{seq}', '1')
        .replace('{kind}', 'terms')
        .replace('{userId}', eve.id)
        .replace(/\{\w+\}/, group.id)
      const answer = await ask({ method, target, body }, { as: eve, headers: { 'content-type': type } })
      expect(`${method} ${path} ${answer}`).toBe(`${method} ${path} ${status}`)
    }
  },
)

test('[WIRE34] HEAD is answered as GET is, without a body', async () => {
  const { eve, group } = world
  for (const { method, path, operation } of askable()) {
    if (method !== 'GET') continue
    const needed = (operation.parameters ?? []).filter((one) => one.in === 'query' && one.required)
    const query = needed.map(({ name }) => `${name}=${eve.id}`).join('&')
    const target = `${path.replace('{seq}', '1').replace('{userId}', eve.id).replace('{emoji}', 'x').replace('{id}', group.id)}?${query}`
    const asked = async (by: string) => {
      const answer = await fetch(`${server.url}${target}`, {
        method: by,
        headers: { authorization: `Bearer ${eve.token}` },
      })
      return {
        path,
        status: answer.status,
        type: answer.headers.get('content-type'),
        text: await answer.text(),
      }
    }
    expect(await asked('HEAD')).toEqual({ ...(await asked('GET')), text: '' })
  }
})

test.each([
  '/api/v1/users/%ff',
  '/api/v1/users/%',
  '/api/v1/users/%zz',
  '/api/v1/%00',
  '/api/v1//me',
  '/api/v1/users/%2e%2e',
])('[WIRE35] the path %s, which nothing has, is missing', async (target) => {
  const answer = await fetch(`${server.url}${target}`, {
    headers: { authorization: `Bearer ${world.eve.token}` },
  })
  const { status, code } = (await answer.json()) as { status: number; code: string }
  expect([answer.status, status, code]).toEqual([404, 404, 'not_found'])
})
