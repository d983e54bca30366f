import { describe, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { defaultLimits } from '@confab/protocol/limits'
import { openCommitQueue } from '../../domain/delivery/commit-queue.ts'
import type { Domain } from '../../domain/domain.ts'
import { openIdentity } from '../../drivers/better-auth/identity.ts'
import { openMemoryBus } from '../../drivers/memory/bus.ts'
import { openMemoryPresence } from '../../drivers/memory/presence.ts'
import { openMemoryRateLimits } from '../../drivers/memory/rate-limits.ts'
import { openDatabase } from '../../drivers/sql/database.ts'
import { openPreviewInbox } from '../../drivers/sql/preview-inbox.ts'
import { openSqliteStore } from '../../drivers/sql/sqlite-store.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import type { Report } from '../../lib/report.ts'
import { createApi } from '../http/api.ts'
import { accountsRole } from './accounts.ts'

/** A server with this role alone, asked over a real connection. */
async function start({
  publicUrl: settled,
  peer,
  limited = true,
}: {
  publicUrl?: string
  peer?: string
  limited?: boolean
} = {}) {
  const clock = manualClock(Date.now())
  const reports: unknown[] = []
  const report: Report = (context, cause) => reports.push([context, cause])
  const database = openDatabase({ file: ':memory:' })
  const store = await openSqliteStore({ database, limits: defaultLimits })
  const inbox = openPreviewInbox({ database, clock, log: { info: () => undefined } })
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => api.fetch(request) })
  const home = `http://localhost:${server.port}`
  const publicUrl = settled ?? home
  const identity = await openIdentity({
    database,
    mailer: inbox,
    secret: 'a secret for tests, and for nothing else',
    publicUrl,
    trustedOrigins: [publicUrl],
    report,
    onUserCreated: (user) => store.createUser(user),
  })
  const domain: Domain = {
    store,
    bus: openMemoryBus(),
    presence: openMemoryPresence({ clock }),
    identity,
    rateLimits: limited ? openMemoryRateLimits({ clock }) : undefined,
    limits: defaultLimits,
    commits: openCommitQueue({ store, announce: () => undefined, report }),
    clock,
    newId: () => Bun.randomUUIDv7(),
    contentSecret: randomBytes(32),
    report,
  }
  const api = createApi({
    peerAddress: (request) => peer ?? server.requestIP(request)?.address,
    trustedProxies: { has: (address) => address === '127.0.0.1' },
    report,
    trustedOrigins: [publicUrl],
  })
  api.route('/', accountsRole({ domain, identity, trustedOrigins: [publicUrl], publicUrl, inbox }))

  const ask = async (path: string, { method = 'GET', headers = {}, body }: Asking = {}) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) }
  }
  const codeFor = async (email: string) => {
    const path = '/api/auth/email-otp/send-verification-otp'
    const sent = await ask(path, { method: 'POST', body: { email, type: 'sign-in' } })
    expect(sent.status).toBe(200)
    const [newest] = (await ask(`/api/dev/mail?to=${encodeURIComponent(email)}`)).json().items
    return /\b\d{6}\b/.exec(newest.text)?.[0] ?? ''
  }
  const enter = (email: string, otp: string, { headers = {} }: Asking = {}) =>
    ask('/api/auth/sign-in/email-otp', { method: 'POST', headers, body: { email, otp } })
  const signIn = async (email: string) => {
    const answer = await enter(email, await codeFor(email))
    expect(answer.status).toBe(200)
    const cookie = answer.headers.getSetCookie().map((one) => one.split(';')[0])
    const bearer = { Authorization: `Bearer ${answer.json().token}` }
    const as = (path: string, asking: Asking = {}) =>
      ask(path, { ...asking, headers: { ...bearer, ...asking.headers } })
    return { id: answer.json().user.id, as, cookie: { Cookie: cookie.join('; ') } }
  }

  return {
    ask,
    clock,
    codeFor,
    enter,
    signIn,
    inbox,
    home,
    reports,
    async [Symbol.asyncDispose]() {
      await server.stop(true)
      await domain.commits[Symbol.asyncDispose]()
      await identity[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      database.close()
    },
  }
}

interface Asking {
  method?: string
  headers?: Record<string, string>
  body?: unknown
}

const isoInstant = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)

describe('signing in', () => {
  test('[AUTH1] [AUTH10] with a code from the preview inbox; by token, cookie and JWT one is the same', async () => {
    await using server = await start()
    const ann = await server.signIn('Ann.Lee@example.com')
    const me = (await ann.as('/api/v1/me')).json()
    expect(me.id).toBe(ann.id)
    expect((await server.ask('/api/v1/me', { headers: ann.cookie })).json()).toEqual(me)
    const { token } = (await ann.as('/api/auth/token')).json()
    const byJwt = await server.ask('/api/v1/me', { headers: { Authorization: `Bearer ${token}` } })
    expect(byJwt.json()).toEqual(me)
    expect(server.reports).toEqual([])
  })

  test('[AUTH3] a code that was guessed at five times is spent', async () => {
    await using server = await start()
    const code = await server.codeFor('ann@example.com')
    const wrong = code === '000000' ? '000001' : '000000'
    // From as many networks, so that it isn't the account that is locked.
    const enter = async (otp: string, network: number) =>
      server.enter('ann@example.com', otp, { headers: { 'X-Forwarded-For': `203.0.${network}.1` } })
    for (let tried = 0; tried < 5; tried++) expect((await enter(wrong, tried)).status).toBe(400)
    expect((await enter(code, 5)).status).toBe(403)
    expect((await server.enter('ann@example.com', await server.codeFor('ann@example.com'))).status).toBe(200)
  })

  test('[AUTH14] after signing out nothing of the session opens a door', async () => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    const { token } = (await ann.as('/api/auth/token')).json()
    expect((await ann.as('/api/auth/sign-out', { method: 'POST' })).status).toBe(200)
    for (const headers of [{}, ann.cookie, { Authorization: `Bearer ${token}` }]) {
      expect((await server.ask('/api/v1/me', { headers })).json()).toMatchObject({ code: 'unauthenticated' })
    }
    expect((await ann.as('/api/v1/me')).status).toBe(401)
  })

  test('[AUTH19] a body that is no JSON is refused, and a way in that is shut is missing', async () => {
    await using server = await start()
    const path = '/api/auth/sign-in/email-otp'
    const answer = await server.ask(path, { method: 'POST', body: '{"email":' })
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid' })
    expect((await server.ask('/api/auth/sign-up/email', { method: 'POST', body: {} })).status).toBe(404)
    expect(server.reports).toEqual([])
  })

  test('[AUTH20] codes are sent to an address so often, and then after a while again', async () => {
    await using server = await start()
    const send = (email: string) =>
      server.ask('/api/auth/email-otp/send-verification-otp', {
        method: 'POST',
        body: { email, type: 'sign-in' },
      })
    for (let sent = 0; sent < 20; sent++) expect((await send('ann@example.com')).status).toBe(200)
    const refused = await send('ANN@example.com')
    expect(refused.json()).toMatchObject({ status: 429, code: 'rate_limited' })
    expect(refused.headers.get('retry-after')).toBe('120')
    expect((await send('bob@example.com')).status).toBe(200)
    server.clock.advance(120_000)
    expect((await send('ann@example.com')).status).toBe(200)
  })

  test('[AUTH20] a peer from afar asks for so many codes, whatever the addresses; this machine does not', async () => {
    await using far = await start({ peer: '203.0.113.9' })
    await using near = await start()
    const statuses = async (server: typeof far) => {
      const all: number[] = []
      for (let number = 0; number < 201; number++) {
        const body = { email: `a${number}@example.com`, type: 'sign-in' }
        const path = '/api/auth/email-otp/send-verification-otp'
        all.push((await server.ask(path, { method: 'POST', body })).status)
      }
      return all.map(String).join(' ')
    }
    expect(await statuses(far)).toBe(`${'200 '.repeat(200)}429`)
    expect(await statuses(near)).toBe(`${'200 '.repeat(200)}200`)
  })

  test('[AUTH20] an installation without limits counts nothing', async () => {
    await using server = await start({ limited: false })
    for (let sent = 0; sent < 25; sent++) await server.codeFor('ann@example.com')
  })

  test('[AUTH20] who gets in meets no limit, who guesses does', async () => {
    await using server = await start()
    for (let times = 0; times < 40; times++) await server.signIn('ann@example.com')
    const guess = () => server.enter('ann@example.com', 'x')
    for (let guessed = 0; guessed < 5; guessed++) expect((await guess()).status).not.toBe(429)
    const locked = await guess()
    expect(locked.json()).toMatchObject({ status: 429, code: 'rate_limited' })
    expect(locked.headers.get('retry-after')).toBe('1800')
  })

  test('[AUTH23] five failures lock an account for half an hour, for that network alone', async () => {
    await using server = await start()
    const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } })
    const code = await server.codeFor('ann@example.com')
    const enter = async (otp: string, address: string) =>
      (await server.enter('ann@example.com', otp, from(address))).status
    for (let guessed = 0; guessed < 4; guessed++) expect(await enter('x', '203.0.113.7')).not.toBe(429)
    expect(await enter('x', '203.0.113.8')).not.toBe(429)
    // The right code gets in no more from there, and from elsewhere it has had its five tries.
    expect(await enter(code, '203.0.113.9')).toBe(429)
    const fresh = await server.codeFor('ann@example.com')
    expect(await enter(fresh, '203.0.113.9')).toBe(429)
    expect(await enter(fresh, '203.0.114.9')).toBe(200)
    server.clock.advance(30 * 60_000)
    expect(await enter(await server.codeFor('ann@example.com'), '203.0.113.9')).toBe(200)
  })
})

describe('oneself', () => {
  test('[ME1] one sees oneself, with what only oneself sees', async () => {
    await using server = await start()
    const ann = await server.signIn('ann.lee@example.com')
    expect((await ann.as('/api/v1/me')).json()).toEqual({
      id: ann.id,
      name: 'Ann Lee',
      handle: 'ann_lee',
      avatarUrl: null,
      bio: '',
      createdAt: isoInstant,
      updatedAt: isoInstant,
      email: 'ann.lee@example.com',
      locale: null,
      timezone: null,
      settings: {},
      blocks: [],
    })
  })

  test('[ME2] what is given changes, and nothing else', async () => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    const before = (await ann.as('/api/v1/me')).json()
    const change = { name: 'Ann ✓', bio: 'Here', locale: 'de-CH', timezone: 'Europe/Zurich' }
    const answer = await ann.as('/api/v1/me', { method: 'PATCH', body: change })
    expect(answer.status).toBe(200)
    expect(answer.json()).toEqual({ ...before, ...change, updatedAt: isoInstant })
    expect((await ann.as('/api/v1/me')).json()).toEqual(answer.json())
    const cleared = await ann.as('/api/v1/me', { method: 'PATCH', body: { locale: null } })
    expect(cleared.json()).toMatchObject({ ...change, locale: null })
  })

  test('[ME2] a handle is one person’s', async () => {
    await using server = await start()
    const [ann, bob] = [await server.signIn('ann@example.com'), await server.signIn('bob@example.com')]
    const take = (who: typeof ann, handle: string) =>
      who.as('/api/v1/me', { method: 'PATCH', body: { handle } })
    expect((await take(bob, 'ann')).json()).toMatchObject({ status: 409, code: 'conflict' })
    expect((await take(bob, 'the_builder')).json()).toMatchObject({ handle: 'the_builder' })
    expect((await take(ann, 'ann')).status).toBe(200)
  })

  test.each([
    [{ name: '' }, 'name'],
    [{ name: '  ' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: 'a\0b' }, 'name'],
    [{ name: 7 }, 'name'],
    [{ handle: 'A' }, 'handle'],
    [{ handle: 'with space' }, 'handle'],
    [{ bio: 'x'.repeat(501) }, 'bio'],
    [{ locale: 'x'.repeat(36) }, 'locale'],
  ])('[ME2] %j is invalid', async (body, path) => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    const before = (await ann.as('/api/v1/me')).json()
    const answer = (await ann.as('/api/v1/me', { method: 'PATCH', body })).json()
    expect([answer.status, answer.code, answer.errors[0].path]).toEqual([400, 'invalid', path])
    expect((await ann.as('/api/v1/me')).json()).toEqual(before)
  })

  test('[ME3] who erases themselves is gone, from every door', async () => {
    await using server = await start()
    const [ann, bob] = [await server.signIn('ann@example.com'), await server.signIn('bob@example.com')]
    const phone = await server.signIn('ann@example.com')
    expect((await bob.as('/api/v1/users?query=ann')).json().items).toHaveLength(1)
    expect((await ann.as('/api/v1/me', { method: 'DELETE' })).status).toBe(204)
    expect((await ann.as('/api/v1/me')).status).toBe(401)
    expect((await phone.as('/api/v1/me')).status).toBe(401)
    expect((await bob.as('/api/v1/users?query=ann')).json().items).toEqual([])
    expect((await server.signIn('ann@example.com')).id).not.toBe(ann.id)
  })
})

describe('the directory', () => {
  test('[ME4] finds by name, handle and ids, and tells nobody’s email', async () => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    const bob = await server.signIn('bob.smith@example.com')
    const profile = {
      id: bob.id,
      name: 'Bob Smith',
      handle: 'bob_smith',
      avatarUrl: null,
      bio: '',
      createdAt: isoInstant,
      updatedAt: isoInstant,
    }
    const found = async (query: string) => (await ann.as(`/api/v1/users?${query}`)).json()
    expect(await found('query=smi')).toEqual({ items: [profile], next: null })
    expect(await found('query=BOB')).toEqual({ items: [profile], next: null })
    expect(await found(`ids=${bob.id}`)).toEqual({ items: [profile], next: null })
    expect(await found('query=example.com')).toEqual({ items: [], next: null })
    expect((await ann.as(`/api/v1/users/${bob.id}`)).json()).toEqual(profile)
    const everybody = await ann.as('/api/v1/users')
    expect(everybody.json().items).toHaveLength(2)
    expect(everybody.text).not.toContain('@')
  })

  test('[ME4] ids that are nobody’s are left out, one that can’t be an id is invalid or missing', async () => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    const nobody = Bun.randomUUIDv7()
    const some = (await ann.as(`/api/v1/users?ids=${nobody},${ann.id}`)).json()
    expect(some.items.map(({ id }: { id: string }) => id)).toEqual([ann.id])
    expect((await ann.as('/api/v1/users?ids=x')).json()).toMatchObject({ code: 'invalid' })
    expect((await ann.as(`/api/v1/users/${nobody}`)).json()).toMatchObject({ code: 'not_found' })
    expect((await ann.as('/api/v1/users/x')).json()).toMatchObject({ code: 'not_found' })
  })

  test('[ME4] comes in pages', async () => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    await server.signIn('bob@example.com')
    await server.signIn('carl@example.com')
    const first = (await ann.as('/api/v1/users?limit=2')).json()
    const second = (await ann.as(`/api/v1/users?limit=2&cursor=${encodeURIComponent(first.next)}`)).json()
    const names = [...first.items, ...second.items].map(({ name }) => name)
    expect(names.sort()).toEqual(['Ann', 'Bob', 'Carl'])
    expect(second.next).toBeNull()
  })

  test('[ME5] tells nothing to whoever is not signed in', async () => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    for (const path of ['/api/v1/me', '/api/v1/users', `/api/v1/users/${ann.id}`]) {
      expect((await server.ask(path)).json()).toMatchObject({ status: 401, code: 'unauthenticated' })
      expect((await ann.as(path)).status).toBe(200)
    }
  })
})

describe('the preview inbox', () => {
  const pages = ['/api/dev/mail', '/dev/mail', '/dev/mail/style.css']

  test('[MAIL1] [MAIL2] shows what was sent, newest first', async () => {
    await using server = await start()
    await server.codeFor('ann@example.com')
    await server.codeFor('bob@example.com')
    const { items } = (await server.ask('/api/dev/mail')).json()
    expect(items.map(({ to }: { to: string }) => to)).toEqual(['bob@example.com', 'ann@example.com'])
    expect(items[0]).toEqual({
      to: 'bob@example.com',
      subject: expect.stringMatching(/^\d{6} is your Confab code$/),
      text: expect.any(String),
      html: expect.any(String),
      sentAt: isoInstant,
    })
    expect((await server.ask('/api/dev/mail?to=ann@example.com')).json().items).toHaveLength(1)
  })

  test.each([
    { Host: 'chat.example.com' },
    { Host: 'localhost.example.com' },
    { Host: '127.0.0.1.example.com' },
    { Host: '192.168.0.2:8080' },
    { Forwarded: 'for=127.0.0.1' },
    { 'X-Forwarded-For': '127.0.0.1' },
    { 'X-Forwarded-Host': 'localhost' },
    { 'X-Forwarded-Proto': '' },
    { 'X-Real-IP': '127.0.0.1' },
    { Via: '1.1 proxy' },
  ])('[MAIL6] with %j it is missing, without it is there', async (headers) => {
    await using server = await start()
    for (const path of pages) {
      const asked = await server.ask(path, { headers: Object.fromEntries(Object.entries(headers)) })
      expect(asked.json()).toMatchObject({ status: 404, code: 'not_found' })
      expect((await server.ask(path)).status).toBe(200)
    }
  })

  test('[MAIL6] under a PUBLIC_URL that others reach it is missing', async () => {
    await using open = await start({ publicUrl: 'http://127.0.0.1:1' })
    await using shut = await start({ publicUrl: 'https://chat.example.com' })
    for (const path of pages) {
      expect((await open.ask(path)).status).toBe(200)
      expect((await shut.ask(path)).status).toBe(404)
    }
  })

  test('[MAIL7] nothing in a mail can act on the page', async () => {
    await using server = await start()
    const attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    await server.inbox.send({ to: 'a"b@example.com', subject: attack, text: attack, html: attack })
    const page = await server.ask(`/dev/mail?to=${encodeURIComponent('a"b@example.com')}`)
    expect(page.text).toContain('&quot;&gt;&lt;script&gt;')
    expect(page.text).not.toContain('<script')
    expect(page.text).not.toContain('<img')
    const policy = page.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('script-src')
    expect(policy).not.toContain('unsafe')
    const source = /<iframe [^>]*sandbox [^>]*src="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&')
    const mail = await server.ask(source ?? 'no frame')
    expect(mail.text).toBe(attack)
    expect(mail.headers.get('content-security-policy')).toMatch(/default-src 'none'.*; sandbox$/)
  })

  test('[MAIL7] the page shows the code by itself', async () => {
    await using server = await start()
    const code = await server.codeFor('ann@example.com')
    expect((await server.ask('/dev/mail')).text).toContain(`<p class="code">${code}</p>`)
  })
})
