import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type ApiDocument, readDocument } from './documented.ts'
import { startServer, type TestServer } from './start-server.ts'

const foreign = 'https://evil.example'
const json = { 'Content-Type': 'application/json' }
const email = 'ann@example.com'
const password = 'correct horse battery staple'

let server: TestServer
let document: ApiDocument
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
  document = await readDocument(server)
})
afterAll(() => server[Symbol.asyncDispose]())

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...json, ...headers },
    body: JSON.stringify(body),
  })

const newestMail = async (to: string): Promise<{ text: string; sentAt: string }> => {
  const { body } = await server.call(undefined, `GET /api/dev/mail?to=${to}`)
  const { items } = body as { items: { text: string; sentAt: string }[] }
  return items[0] ?? { text: '', sentAt: '' }
}

/** A browser's sign-in by code: what was set, and what it sends back. */
async function signIn() {
  const headers = { Origin: server.url }
  await post('/api/auth/email-otp/send-verification-otp', { email, type: 'sign-in' }, headers)
  const otp = /\b\d{6}\b/.exec((await newestMail(email)).text)?.[0]
  const answer = await post('/api/auth/sign-in/email-otp', { email, otp }, headers)
  const set = answer.headers.getSetCookie()
  return { set, cookie: set.map((one) => one.split(';')[0]).join('; ') }
}

describe('every answer', () => {
  const isKept = (answer: Response, framing: 'DENY' | 'SAMEORIGIN' = 'DENY') => {
    const { headers } = answer
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`frame-ancestors '${framing === 'DENY' ? 'none' : 'self'}'`)
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|\*/)
    expect(headers.get('x-frame-options')).toBe(framing)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toMatch(/^(same-origin|no-referrer)$/)
    expect(headers.get('permissions-policy')).toContain('camera=()')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
  }

  test.each([
    ['the app', 'GET /', 'text/html'],
    ['a page of the app', 'GET /join', 'text/html'],
    ['where a reset link leads', 'GET /reset-password', 'text/html'],
    ['the calls', 'GET /docs', 'text/html'],
    ['the preview inbox', 'GET /dev/mail', 'text/html'],
    ['its style', 'GET /dev/mail/style.css', 'text/css'],
    ['a document', 'GET /openapi.json', 'application/json'],
    ['an answer', 'GET /api/v1/sign-in', 'application/json'],
    ['one of the identity', 'GET /api/auth/get-session', 'application/json'],
    ['a refusal', 'GET /api/v1/me', 'application/problem+json'],
    ['a missing path', 'GET /api/v1/nothing', 'application/problem+json'],
    ['a missing file', 'GET /nothing.js', 'application/problem+json'],
    ['a wrong method', 'DELETE /api/v1/sign-in', 'application/problem+json'],
    ['no handshake', 'GET /api/v1/ws', 'application/problem+json'],
  ])('[SAFE1] %s says what a browser may do with it', async (_, request, type) => {
    const [method = '', path = ''] = request.split(' ')
    const answer = await fetch(`${server.url}${path}`, { method })
    expect(answer.headers.get('content-type')).toStartWith(type)
    isKept(answer)
    // Over http it would lock people out of a server that has no https.
    expect(answer.headers.get('strict-transport-security')).toBeNull()
  })

  test('[SAFE1] a mail in the preview inbox is framed by the inbox alone, and runs and loads nothing', async () => {
    await signIn()
    const { sentAt } = await newestMail(email)
    const at = new URLSearchParams({ to: email, sentAt: String(Date.parse(sentAt)) })
    const answer = await fetch(`${server.url}/dev/mail/html?${at}`)
    expect(answer.status).toBe(200)
    isKept(answer, 'SAMEORIGIN')
    expect(answer.headers.get('content-security-policy')).toMatch(/; sandbox$/)
    // Each of its styles is one that the policy names.
    const styles = [...(await answer.text()).matchAll(/ style="([^"]*)"/g)].map(([, style = '']) => style)
    expect(styles.length).toBeGreaterThan(3)
    for (const style of styles) {
      const hash = new Bun.CryptoHasher('sha256').update(style).digest('base64')
      expect(answer.headers.get('content-security-policy')).toContain(`'sha256-${hash}'`)
    }
  })

  test('[SAFE2] with an https PUBLIC_URL browsers are told to keep to https', async () => {
    await using secure = await startServer({ PUBLIC_URL: 'https://chat.example.org' })
    for (const path of ['/', '/docs', '/api/v1/sign-in', '/api/v1/nothing']) {
      const answer = await fetch(`${secure.url}${path}`)
      expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000')
      isKept(answer)
    }
  })
})

describe('writes of foreign pages', () => {
  test('[SAFE3] every operation that writes refuses a cookie that comes from another origin, or from none', async () => {
    const { cookie } = await signIn()
    const writes = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations)
        .filter((method) => method !== 'get')
        .map((method) => ({
          method: method.toUpperCase(),
          path: path.replace(/\{\w+\}/g, crypto.randomUUID()),
        })),
    )
    expect(writes.length).toBeGreaterThan(50)
    const ask = async ({ method, path }: { method: string; path: string }, origin: string | undefined) => {
      const answer = await fetch(`${server.url}${path}`, {
        method,
        redirect: 'manual',
        headers: { ...json, Cookie: cookie, ...(origin !== undefined && { Origin: origin }) },
        body: '{}',
      })
      await answer.body?.cancel()
      return answer.status
    }
    const refused: [string, string | undefined, number][] = []
    for (const write of writes) {
      for (const origin of [foreign, 'null', `${server.url}.evil.example`, undefined]) {
        const status = await ask(write, origin)
        if (status !== 403) refused.push([`${write.method} ${write.path}`, origin, status])
      }
    }
    expect(refused).toEqual([])
    // Nothing of it was done: the session is there, and from home the same cookie writes.
    expect((await fetch(`${server.url}/api/v1/me`, { headers: { Cookie: cookie } })).status).toBe(200)
    expect(await ask({ method: 'PATCH', path: '/api/v1/me' }, server.url)).toBe(200)
  })

  test('[SAFE4] nor does a foreign page sign anybody in, even where there is no cookie yet', async () => {
    await post('/api/auth/email-otp/send-verification-otp', { email, type: 'sign-in' })
    const otp = /\b\d{6}\b/.exec((await newestMail(email)).text)?.[0]
    const enter = (headers: Record<string, string>) =>
      post('/api/auth/sign-in/email-otp', { email, otp }, headers)
    const refused = await enter({ Origin: foreign })
    expect([refused.status, refused.headers.getSetCookie()]).toEqual([403, []])
    expect((await enter({ Origin: server.url })).status).toBe(200)
  })

  test('[SAFE4] a form cannot write: a body that does not say that it is JSON is refused', async () => {
    const { cookie } = await signIn()
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      for (const path of ['/api/auth/sign-in/email', '/api/v1/conversations']) {
        const headers = { 'Content-Type': type, Cookie: cookie, Origin: server.url }
        const answer = await fetch(`${server.url}${path}`, {
          method: 'POST',
          headers,
          body: '{"kind":"group"}',
        })
        expect([path, type, answer.status]).toEqual([path, type, 400])
      }
    }
  })
})

describe('cookies', () => {
  const cookies = (set: string[]) => set.filter((one) => !/max-age=0/i.test(one))

  test('[SAFE5] none can be read by scripts, and none comes along with what another site posts', async () => {
    const { set } = await signIn()
    expect(cookies(set).length).toBeGreaterThan(1)
    for (const one of cookies(set)) {
      expect(one).toMatch(/; HttpOnly/i)
      expect(one).toMatch(/; SameSite=(Lax|Strict)/i)
      expect(one).not.toMatch(/; Domain=/i)
    }
  })
})

describe('redirects', () => {
  const elsewhere = [
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    'data:text/html,evil',
    'http:evil.example',
    `@evil.example`,
  ]
  const fields = ['callbackURL', 'redirectTo', 'errorCallbackURL', 'newUserCallbackURL']
  const bodies = {
    'sign-up/email': { name: 'B', email: 'bob@example.com', password },
    'sign-in/email': { email, password },
    'send-verification-email': { email },
    'request-password-reset': { email },
    'sign-in/email-otp': { email, otp: '000000' },
  }

  test.each(Object.entries(bodies))(
    '[SAFE6] %s leads nowhere else, in its answer or its mail',
    async (path, body) => {
      const combinations = elsewhere.flatMap((to) => fields.map((field) => ({ [field]: to })))
      // At once: some answers are held back for half a second.
      const answers = await Promise.all(
        combinations.map((one) => post(`/api/auth/${path}`, { ...body, ...one }, { Origin: server.url })),
      )
      for (const answer of answers) {
        // A refusal may name the field, never send anybody there.
        expect(answer.headers.get('location')).toBeNull()
        expect(await answer.text()).not.toContain('evil')
      }
      for (const to of [email, 'bob@example.com']) expect((await newestMail(to)).text).not.toContain('evil')
    },
  )

  test('[SAFE6] a link to confirm an address leads home alone', async () => {
    const follow = async (to: string) => {
      const query = new URLSearchParams({ token: 'nonsense', callbackURL: to })
      const answer = await fetch(`${server.url}/api/auth/verify-email?${query}`, { redirect: 'manual' })
      return answer.headers.get('location')
    }
    const home = await follow('/')
    expect(new URL(home ?? '', server.url).origin).toBe(server.url)
    for (const to of elsewhere) {
      const location = await follow(to)
      expect([to, location === null || new URL(location, server.url).origin === server.url]).toEqual([
        to,
        true,
      ])
    }
  })
})
