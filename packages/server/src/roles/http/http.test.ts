import { describe, expect, test } from 'bun:test'
import { sessionId, userId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import { createRoute, z } from '@hono/zod-openapi'
import type { Session } from '../../ports/identity.ts'
import { createApi, createRoutes } from './api.ts'
import { jsonAnswer, jsonBody, listQuery, problemAnswers, queryIds } from './schemas.ts'
import { signedIn } from './signed-in.ts'

const home = 'http://localhost:8080'
const session: Session = {
  userId: userId.parse('01939c2e-0000-7000-8000-00000000000a'),
  sessionId: sessionId.parse('s'),
  expiresAt: 0,
}

/** An api with a door of each kind. A request is signed in by `Bearer good` or by the cookie `good`. */
function start() {
  const reports: string[] = []
  const api = createApi({
    peerAddress: () => '127.0.0.1',
    trustedProxies: { has: () => false },
    report: (context) => reports.push(context),
    trustedOrigins: [home],
    limits: undefined,
  })
  const routes = createRoutes()
  const identity = {
    authenticate: async (headers: Headers) =>
      headers.get('authorization') === 'Bearer good' || headers.get('cookie') === 'good'
        ? session
        : undefined,
  }
  const ok = { 200: jsonAnswer('Fine', z.unknown()) }
  const notes = createRoute({
    method: 'post',
    path: '/api/v1/notes/{id}',
    middleware: signedIn({ identity, trustedOrigins: [home], limits: undefined }),
    request: {
      params: z.object({ id: z.uuid() }),
      query: listQuery.extend({ ids: queryIds(userId).optional() }),
      ...jsonBody(z.object({ words: z.array(z.string()) })),
    },
    responses: { ...ok, ...problemAnswers('invalid', 'unauthenticated', 'not_found') },
  })
  routes.openapi(notes, (c) =>
    c.json({ by: c.var.session.userId, query: c.req.valid('query'), ...c.req.valid('json') }, 200),
  )
  const refusal = createRoute({ method: 'get', path: '/api/v1/refusal', responses: ok })
  routes.openapi(refusal, () => {
    throw new Refusal('rate_limited', { detail: 'Slow down', retryAfterMs: 1_001 })
  })
  const bug = createRoute({ method: 'get', path: '/api/v1/bug', responses: ok })
  routes.openapi(bug, () => {
    throw new Error('the password is swordfish')
  })
  api.route('/', routes)

  const path = '/api/v1/notes/01939c2e-0000-7000-8000-000000000001'
  const post = (init: { path?: string; body?: BodyInit; headers?: Record<string, string> } = {}) =>
    api.request(`${home}${init.path ?? path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer good', ...init.headers },
      body: init.body ?? '{"words":["a"]}',
    })
  return { api, reports, post, path }
}

test('[HTTP1] [HTTP2] a refusal is a problem document, and says when to come back', async () => {
  const answer = await start().api.request('/api/v1/refusal')
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('retry-after')).toBe('2')
  expect(answer.status).toBe(429)
  expect(await answer.json()).toEqual({
    type: 'about:blank',
    title: 'Too many requests: slow down',
    status: 429,
    code: 'rate_limited',
    detail: 'Slow down',
  })
})

test('[HTTP3] wrong input names each wrong field; right input passes', async () => {
  const { post, path } = start()
  expect((await post()).status).toBe(200)
  const answer = await post({ body: '{"words":["a",1]}' })
  expect(await answer.json()).toMatchObject({
    status: 400,
    code: 'invalid',
    errors: [{ path: 'words.1', message: 'Invalid input: expected string, received number' }],
  })
  const many = await post({ body: JSON.stringify({ words: Array(100).fill(1) }) })
  expect((await many.json()).errors).toHaveLength(20)
  const query = await post({ path: `${path}?limit=0&ids=x` })
  expect((await query.json()).errors.map((error: { path: string }) => error.path)).toEqual(['limit', 'ids.0'])
})

test('[HTTP18] a part of the query that is given twice is named; given once it passes', async () => {
  const { post, path } = start()
  expect((await post({ path: `${path}?limit=2&cursor=limit` })).status).toBe(200)
  for (const query of ['limit=2&limit=2', 'limit=2&cursor=a&limit=3', 'limit=2&%6cimit=3', 'limit&limit=2']) {
    const answer = await post({ path: `${path}?${query}` })
    const { errors } = await answer.json()
    expect([query, answer.status, errors]).toEqual([
      query,
      400,
      [{ path: 'limit', message: 'was given twice' }],
    ])
  }
})

test('[HTTP3] a list of ids and a limit come out of the query parsed, with the defaults of lists', async () => {
  const { post, path } = start()
  expect((await (await post()).json()).query).toEqual({ limit: 50 })
  const asked = await post({ path: `${path}?limit=7000&ids=${session.userId},${session.userId}&cursor=c` })
  expect((await asked.json()).query).toEqual({
    limit: 100,
    ids: [session.userId, session.userId],
    cursor: 'c',
  })
})

describe('[HTTP4] a body that is not JSON is invalid', () => {
  test.each([
    ['{"words":', 'application/json'],
    ['', 'application/json'],
    ['words=a', 'application/x-www-form-urlencoded'],
    ['{"words":["a"]}', 'text/plain'],
  ])('[HTTP4] %j as %s', async (body, type) => {
    const answer = await start().post({ body, headers: { 'Content-Type': type } })
    expect(await answer.json()).toMatchObject({ status: 400, code: 'invalid' })
  })
})

test('[HTTP5] a body above 1 MiB is too large, however its length is told', async () => {
  const { post } = start()
  const fits = JSON.stringify({ words: ['x'.repeat(1024 * 1024 - 14)] })
  const exceeds = `${fits} `
  const told = (body: string) => post({ body, headers: { 'Content-Length': String(body.length) } })
  const streamed = (body: string) => post({ body: new Blob([body]).stream() })
  for (const send of [told, streamed]) {
    expect((await send(fits)).status).toBe(200)
    expect(await (await send(exceeds)).json()).toMatchObject({ status: 413, code: 'too_large' })
  }
})

test('[HTTP6] an unknown path is missing; a known one by another method is not allowed', async () => {
  const { api, path } = start()
  expect(await (await api.request('/api/v1/nothing')).json()).toMatchObject({
    status: 404,
    code: 'not_found',
  })
  const answer = await api.request(path, { method: 'DELETE' })
  expect(answer.headers.get('allow')).toBe('POST')
  expect(await answer.json()).toMatchObject({ status: 405, code: 'method_not_allowed' })
})

test('[HTTP7] an id in a path that cannot be one is missing', async () => {
  const answer = await start().post({ path: '/api/v1/notes/17' })
  expect(await answer.json()).toMatchObject({ status: 404, code: 'not_found' })
})

test('[HTTP8] a failure tells nothing of the inside, and is reported', async () => {
  const { api, reports } = start()
  const answer = await api.request('/api/v1/bug')
  expect(answer.status).toBe(500)
  expect(await answer.text()).not.toContain('swordfish')
  expect(reports).toEqual(['GET /api/v1/bug failed'])
})

test('[HTTP9] without a live session a door that needs one stays shut', async () => {
  const { post } = start()
  const answer = await post({ headers: { Authorization: 'Bearer bad' } })
  expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  expect(await answer.json()).toMatchObject({ status: 401, code: 'unauthenticated' })
  expect((await post()).status).toBe(200)
})

test('[HTTP10] nobody writes with a cookie but a home page; a bearer token writes from anywhere', async () => {
  const { api, path, post } = start()
  const withCookie = (headers: Record<string, string>) =>
    api.request(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Cookie: 'good', ...headers },
      body: '{"words":[]}',
    })
  const foreign = await withCookie({ Origin: 'https://evil.example' })
  expect(await foreign.json()).toMatchObject({ status: 403, code: 'forbidden' })
  expect(await (await withCookie({})).json()).toMatchObject({ status: 403, code: 'forbidden' })
  expect((await withCookie({ Origin: 'null' })).status).toBe(403)
  expect((await withCookie({ Origin: home })).status).toBe(200)
  expect((await post({ headers: { Origin: 'https://evil.example' } })).status).toBe(200)
})

test('[HTTP11] a trusted origin may read the answers, another may not', async () => {
  const { api, path } = start()
  const allowed = async (origin: string) => {
    const preflight = await api.request(path, {
      method: 'OPTIONS',
      headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
    })
    return preflight.headers.get('access-control-allow-origin')
  }
  expect(await allowed(home)).toBe(home)
  expect(await allowed('https://evil.example')).toBeNull()
})

test('[HTTP12] answers are not stored, and their type is not guessed', async () => {
  const { api, post } = start()
  for (const answer of [await post(), await api.request('/api/v1/nothing')]) {
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  }
})
