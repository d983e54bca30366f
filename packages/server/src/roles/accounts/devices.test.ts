import { describe, expect, test } from 'bun:test'
import { type AccountsServer, isoInstant, startAccounts as start } from '../../../test/accounts-server.ts'

const dayMs = 24 * 3_600_000
const email = 'ann@example.com'
const path = '/api/v1/me/sessions'

/** Signs in from a device that calls itself so. */
async function signInFrom(server: AccountsServer, userAgent: string, cookie?: string) {
  const otp = await server.codeFor(email)
  const headers = {
    'User-Agent': userAgent,
    Origin: server.home,
    ...(cookie !== undefined && { Cookie: cookie }),
  }
  const answer = await server.post('sign-in/email-otp', { email, otp }, headers)
  const set = answer.headers.getSetCookie().map((one) => one.split(';')[0] ?? '')
  const bearer = { Authorization: `Bearer ${answer.json().token}` }
  return { bearer, device: set.find((one) => one.startsWith('confab.device=')) ?? 'no cookie' }
}

const newDeviceMails = async (server: AccountsServer) =>
  (await server.mailsTo(email)).filter(({ subject }) => subject === 'A new device signed in to Confab')

describe('the list of sessions', () => {
  test('[SESS1] [SESS2] names each device with its network and times, and no token', async () => {
    await using server = await start({ peer: '203.0.113.77' })
    const phone = await signInFrom(server, 'Phone 1.0')
    const desk = await signInFrom(server, 'Desk 2.0')
    const answer = await server.ask(path, { headers: desk.bearer })
    const common = {
      id: expect.any(String),
      createdAt: isoInstant,
      lastUsedAt: isoInstant,
      network: '203.0.113.0/24',
    }
    expect(answer.json().items).toHaveLength(2)
    expect(answer.json().items).toContainEqual({ ...common, current: true, userAgent: 'Desk 2.0' })
    expect(answer.json().items).toContainEqual({ ...common, current: false, userAgent: 'Phone 1.0' })
    expect(answer.text).not.toContain(phone.bearer.Authorization.slice(7))
    const kept = JSON.stringify(server.database.query('SELECT * FROM auth_session').all())
    expect(kept).not.toContain('203.0.113.77')
  })

  test('[SESS3] one is ended by its id, by its owner alone', async () => {
    await using server = await start()
    const phone = await signInFrom(server, 'Phone')
    const desk = await signInFrom(server, 'Desk')
    const bob = await server.signIn('bob@example.com')
    const items: { id: string; current: boolean }[] = (
      await server.ask(path, { headers: desk.bearer })
    ).json().items
    const other = items.find(({ current }) => !current)?.id
    const end = (headers: Record<string, string>) =>
      server.ask(`${path}/${other}`, { method: 'DELETE', headers })
    expect((await end(bob.bearer)).status).toBe(404)
    expect((await server.ask(path, { headers: phone.bearer })).status).toBe(200)
    expect((await end(desk.bearer)).status).toBe(204)
    expect((await server.ask(path, { headers: phone.bearer })).status).toBe(401)
    expect((await end(desk.bearer)).status).toBe(404)
  })

  test('[SESS4] all others are ended at once, and who listens is told of each', async () => {
    await using server = await start()
    const phone = await signInFrom(server, 'Phone')
    const desk = await signInFrom(server, 'Desk')
    const bob = await server.signIn('bob@example.com')
    const ended: unknown[] = []
    server.identity.onSessionEnded((one) => ended.push(one))
    expect((await server.ask(path, { method: 'DELETE', headers: desk.bearer })).status).toBe(204)
    expect((await server.ask(path, { headers: phone.bearer })).status).toBe(401)
    expect((await server.ask(path, { headers: desk.bearer })).json().items).toHaveLength(1)
    expect((await bob.as(path)).json().items).toHaveLength(1)
    expect(ended).toHaveLength(1)
  })
})

describe('a new device', () => {
  test('[SESS5] is told to its owner; the first one, and one that was there before, are not', async () => {
    await using server = await start({ peer: '203.0.113.77' })
    await signInFrom(server, 'Phone/1.0 (X; 5)')
    expect(await newDeviceMails(server)).toEqual([])
    await signInFrom(server, 'Phone/1.1 (X; 6)')
    expect(await newDeviceMails(server)).toEqual([])
    await signInFrom(server, 'Desk/2.0')
    const [mail, ...others] = await newDeviceMails(server)
    expect(others).toEqual([])
    expect(mail?.text).toContain('Desk/2.0')
    expect(mail?.text).toContain('203.0.113.0/24')
  })

  test('[SESS5] a browser with its cookie is known, whatever it calls itself; another’s cookie is worth nothing', async () => {
    await using server = await start()
    const { device } = await signInFrom(server, 'Phone')
    expect(device).toMatch(/^confab\.device=[0-9a-f-]{36}$/)
    await signInFrom(server, 'Renamed', device)
    expect(await newDeviceMails(server)).toEqual([])
    await signInFrom(server, 'Renamed again', 'confab.device=guessed')
    expect(await newDeviceMails(server)).toHaveLength(1)
  })

  test('[SESS6] sign-ins and failures are told to who listens, with the network and never the address', async () => {
    await using server = await start({ peer: '203.0.113.77' })
    const told: unknown[] = []
    server.identity.onSignedIn((one) => told.push(one))
    server.identity.onSignInFailed((one) => told.push(one))
    const ann = await server.signIn(email)
    await server.enter('Eve@example.com', 'x')
    await server.post('sign-in/email', { email, password: 'not the password' })
    const common = { at: expect.any(Number), network: '203.0.113.0/24', userAgent: expect.any(String) }
    expect(told).toEqual([
      { ...common, way: 'code', userId: ann.id, sessionId: expect.any(String), newDevice: false },
      { ...common, way: 'code', email: 'eve@example.com' },
      { ...common, way: 'password', email },
    ])
  })
})

describe('a session’s token', () => {
  const me = async (server: AccountsServer, headers: Record<string, string>) =>
    (await server.ask('/api/v1/me', { headers })).status
  const getSession = (server: AccountsServer, headers: Record<string, string>) =>
    server.ask('/api/auth/get-session', { headers })
  const bearer = (token: string | null | undefined) => ({ Authorization: `Bearer ${token}` })

  test('[SESS7] stays while it is young, and changes past half its life', async () => {
    await using server = await start()
    const ann = await server.signIn(email)
    server.advance(3 * dayMs)
    expect((await getSession(server, ann.bearer)).json().session.token).toBe(ann.token)
    server.advance(dayMs)
    const answer = await getSession(server, ann.bearer)
    const { token, id } = answer.json().session
    expect(token).not.toBe(ann.token)
    expect(answer.headers.get('set-auth-token')).toStartWith(`${token}.`)
    const again = (await getSession(server, bearer(token))).json().session
    expect([again.token, again.id]).toEqual([token, id])
    expect(await me(server, bearer(token))).toBe(200)
  })

  test('[SESS7] changes in the cookie too', async () => {
    await using server = await start()
    const ann = await server.signIn(email)
    server.advance(4 * dayMs)
    const answer = await getSession(server, ann.cookie)
    const renewed =
      answer.headers
        .getSetCookie()
        .find((one) => one.includes('session_token'))
        ?.split(';')[0] ?? ''
    expect(ann.cookie.Cookie).not.toContain(renewed)
    expect(await me(server, { Cookie: renewed })).toBe(200)
    // A second tab, whose question was under way: it is given the new one as well, and isn't signed out.
    const tab = await getSession(server, ann.cookie)
    expect(tab.json().session.id).toBe(answer.json().session.id)
  })

  test('[SESS8] the old one is good for a minute more, and its use after that ends the session', async () => {
    await using server = await start()
    const ann = await server.signIn(email)
    const phone = await server.signIn(email)
    const ended: unknown[] = []
    server.identity.onSessionEnded((one) => ended.push(one))
    server.advance(4 * dayMs)
    const { token } = (await getSession(server, ann.bearer)).json().session
    server.advance(59_000)
    expect(await me(server, ann.bearer)).toBe(200)
    expect((await server.ask('/api/auth/token', { headers: ann.bearer })).status).toBe(200)
    expect(await me(server, bearer(token))).toBe(200)
    server.advance(1_000)
    expect(await me(server, ann.bearer)).toBe(401)
    expect(await me(server, bearer(token))).toBe(401)
    expect(ended).toHaveLength(1)
    expect(await me(server, phone.bearer)).toBe(200)
  })

  test('[SESS9] the key that signs JWTs changes after 30 days; a JWT of the old one is good to its end', async () => {
    await using server = await start()
    const ann = await server.signIn(email)
    const use = () => me(server, ann.bearer)
    const jwt = async () => (await server.ask('/api/auth/token', { headers: ann.bearer })).json().token
    const keyOf = (token: string) =>
      JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid
    await jwt()
    for (let day = 0; day < 29; day++) {
      server.advance(dayMs)
      await use()
    }
    server.advance(dayMs - 5 * 60_000)
    const old = await jwt()
    server.advance(10 * 60_000)
    const young = await jwt()
    expect(keyOf(young)).not.toBe(keyOf(old))
    expect(await me(server, bearer(old))).toBe(200)
    const { keys } = (await server.ask('/api/auth/jwks')).json()
    expect(keys.map(({ kid }: { kid: string }) => kid).sort()).toEqual([keyOf(old), keyOf(young)].sort())
    server.advance(6 * 60_000)
    expect(await me(server, bearer(old))).toBe(401)
    expect(await me(server, bearer(young))).toBe(200)
  })
})
