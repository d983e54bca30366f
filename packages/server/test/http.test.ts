import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { signInPeople } from './people.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'

const foreign = 'https://evil.example'
const friendly = 'https://friend.example'
const path = '/api/v1/conversations'
const body = JSON.stringify({ kind: 'group', name: 'Doors' })
const json = { 'Content-Type': 'application/json' }

let server: TestServer
let ada: Person
beforeAll(async () => {
  server = await startServer({ CORS_ORIGINS: friendly })
  ;[ada] = await signInPeople(server, 'ada')
})
afterAll(() => server[Symbol.asyncDispose]())

const bearer = () => ({ Authorization: `Bearer ${ada.token}` })
const post = (init: RequestInit) => fetch(`${server.url}${path}`, { method: 'POST', ...init })
const problem = async (answer: Response) => {
  const { status, code } = (await answer.json()) as { status: number; code: string }
  return { type: answer.headers.get('content-type'), status, code, same: status === answer.status }
}
const refused = (status: number, code: string) => ({
  type: 'application/problem+json',
  status,
  code,
  same: true,
})

describe('bodies', () => {
  test.each([
    ['no JSON', '{"kind":', json],
    ['nothing', '', json],
    ['JSON that does not say so', body, { 'Content-Type': 'text/plain' }],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), json],
  ])('[HTTP4] %s is invalid', async (_, wrong, headers) => {
    const answer = await post({ headers: { ...bearer(), ...headers }, body: wrong })
    expect(await problem(answer)).toEqual(refused(400, 'invalid'))
  })

  test('[HTTP5] a body above 1 MiB is too large, told or streamed, and the server lives on', async () => {
    const huge = `"${'x'.repeat(2 * 1024 * 1024)}"`
    for (const wrong of [huge, new Blob([huge]).stream()]) {
      const answer = await post({ headers: { ...bearer(), ...json }, body: wrong })
      expect(await problem(answer)).toEqual(refused(413, 'too_large'))
    }
    expect((await post({ headers: { ...bearer(), ...json }, body })).status).toBe(201)
  })
})

describe('addresses', () => {
  test('[HTTP6] an unknown path is missing, a known one by another method is not allowed', async () => {
    expect(await problem(await fetch(`${server.url}/api/v1/nothing`))).toEqual(refused(404, 'not_found'))
    expect(await problem(await fetch(`${server.url}/api/nothing.js`))).toEqual(refused(404, 'not_found'))
    const answer = await fetch(`${server.url}${path}`, { method: 'DELETE' })
    expect(answer.headers.get('allow')).toBe('GET, POST')
    expect(await problem(answer)).toEqual(refused(405, 'method_not_allowed'))
  })

  test('[HTTP7] an id that cannot be one names nothing', async () => {
    for (const id of ['17', 'me', '01939C2E-0000-7000-8000-000000000001', '..%2f..%2fetc', '%00']) {
      const answer = await fetch(`${server.url}${path}/${id}`, { headers: bearer() })
      expect(await problem(answer)).toEqual(refused(404, 'not_found'))
    }
  })
})

describe('pages of other origins', () => {
  test('[HTTP10] with a cookie, only pages of trusted origins write', async () => {
    const cookie = await signInByCookie()
    const write = async (headers: Record<string, string>) =>
      (await post({ headers: { Cookie: cookie, ...json, ...headers }, body })).status
    expect(await write({ Origin: server.url })).toBe(201)
    expect(await write({ Origin: friendly })).toBe(201)
    expect(await write({ Origin: foreign })).toBe(403)
    expect(await write({ Origin: 'null' })).toBe(403)
    expect(await write({})).toBe(403)
    const read = await fetch(`${server.url}${path}`, { headers: { Cookie: cookie } })
    expect(read.status).toBe(200)
  })

  test('[HTTP11] only pages of trusted origins may read the answers, refusals too', async () => {
    const allowed = async (origin: string, method = 'GET') => {
      const answer = await fetch(`${server.url}${path}`, { method, headers: { Origin: origin } })
      return {
        origin: answer.headers.get('access-control-allow-origin'),
        credentials: answer.headers.get('access-control-allow-credentials'),
      }
    }
    expect(await allowed(friendly)).toEqual({ origin: friendly, credentials: 'true' })
    expect(await allowed(friendly, 'DELETE')).toEqual({ origin: friendly, credentials: 'true' })
    expect(await allowed(foreign)).toMatchObject({ origin: null })
    expect(await allowed('null')).toMatchObject({ origin: null })
  })
})

describe('the page', () => {
  test('[PAGE1] [PAGE4] is served for every path that is no door, under a strict policy', async () => {
    for (const at of ['/', '/conversations/17']) {
      const answer = await fetch(`${server.url}${at}`, { headers: { Accept: 'text/html' } })
      expect(answer.headers.get('content-type')).toStartWith('text/html')
      const policy = answer.headers.get('content-security-policy')
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe')
    }
    expect((await fetch(`${server.url}/no-such-file.js`)).status).toBe(404)
  })
})

/** As a browser holds it: the session's cookie, as the server sets it. */
async function signInByCookie(): Promise<string> {
  const email = `cookie-${crypto.randomUUID()}@example.com`
  const headers = { ...json, Origin: server.url }
  const auth = (route: string, fields: object) =>
    fetch(`${server.url}/api/auth/${route}`, { method: 'POST', headers, body: JSON.stringify(fields) })
  await auth('email-otp/send-verification-otp', { email, type: 'sign-in' })
  const { body: mails } = await server.call(undefined, `GET /api/dev/mail?to=${email}`)
  const { items } = mails as { items: { text: string }[] }
  const otp = /\b\d{6}\b/.exec(items[0]?.text ?? '')?.[0]
  const answer = await auth('sign-in/email-otp', { email, otp })
  return answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
}
