import { describe, expect, test } from 'bun:test'
import { defaultRates } from '@confab/protocol/rates'
import { startAccounts as start } from '../../../test/accounts-server.ts'

/** So many in place of hundreds. */
const few = 3

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
    expect((await server.ask('/api/auth/delete-user', { method: 'POST', body: {} })).status).toBe(404)
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

  test('[AUTH20] a network that has had its codes keeps nobody elsewhere from theirs; all together have a bound', async () => {
    const rates = { mailboxes: { ...defaultRates.mailboxes, burst: 22 } }
    await using server = await start({ rates })
    const email = 'ann@example.com'
    const send = async (address: string, path = 'email-otp/send-verification-otp') =>
      (await server.post(path, { email, type: 'sign-in' }, { 'X-Forwarded-For': address })).status
    for (let sent = 0; sent < 20; sent++) expect(await send('203.0.113.7')).toBe(200)
    // Refused from there without a further token of the mailbox.
    for (let sent = 0; sent < 5; sent++) expect(await send('203.0.113.7')).toBe(429)
    expect(await send('198.51.100.7')).toBe(200)
    expect(await send('198.51.100.7', 'request-password-reset')).toBe(200)
    expect(await send('198.51.100.7')).toBe(429)
  })

  test('[RATE11] how often somebody asked for mails, or got in, is told to nobody who isn’t signed in', async () => {
    const rates = { mails: { ...defaultRates.mails, burst: few } }
    await using server = await start({ rates, peer: '203.0.113.9' })
    const body = { email: 'ann@example.com', type: 'sign-in' }
    const send = () => server.post('email-otp/send-verification-otp', body)
    expect((await send()).headers.get('ratelimit')).toStartWith('"sign-ins";r=199;')
    await server.signIn('ann@example.com')
    expect((await send()).headers.get('ratelimit')).toStartWith('"sign-ins";r=196;')
  })

  test('[AUTH20] who gets in has nothing given back to another network', async () => {
    const rates = { mails: { ...defaultRates.mails, burst: few } }
    await using server = await start({ rates })
    const body = { email: 'ann@example.com', type: 'sign-in' }
    const send = async () =>
      (await server.post('email-otp/send-verification-otp', body, { 'X-Forwarded-For': '203.0.113.7' }))
        .status
    for (let sent = 0; sent < few; sent++) expect(await send()).toBe(200)
    await server.signIn('ann@example.com')
    expect(await send()).toBe(429)
  })

  test('[AUTH20] a peer from afar asks for so many codes, whatever the addresses; this machine does not', async () => {
    const rates = { 'sign-ins': { ...defaultRates['sign-ins'], burst: few } }
    await using far = await start({ rates, peer: '203.0.113.9' })
    await using near = await start({ rates })
    const statuses = async (server: typeof far) => {
      const all: number[] = []
      for (let number = 0; number <= few; number++) {
        const body = { email: `a${number}@example.com`, type: 'sign-in' }
        const path = '/api/auth/email-otp/send-verification-otp'
        all.push((await server.ask(path, { method: 'POST', body })).status)
      }
      return all.map(String).join(' ')
    }
    expect(await statuses(far)).toBe(`${'200 '.repeat(few)}429`)
    expect(await statuses(near)).toBe(`${'200 '.repeat(few)}200`)
  })

  test('[AUTH20] an installation without limits counts nothing', async () => {
    await using server = await start({ limited: false })
    for (let sent = 0; sent < 25; sent++) await server.codeFor('ann@example.com')
  })

  test('[AUTH20] who gets in meets no limit, who guesses does', async () => {
    const rates = { mails: { ...defaultRates.mails, burst: few } }
    await using server = await start({ rates })
    for (let times = 0; times < 2 * few; times++) await server.signIn('ann@example.com')
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
  test('[AUTH30] a malformed try is no failure, one with a word that could not be a code is; the audit log agrees', async () => {
    await using server = await start()
    const root = await server.signIn('root@example.com')
    const kept = async () =>
      (await root.as('/api/v1/admin/audit?action=sign-in.failed')).json().items.length as number
    const email = 'ann@example.com'
    const code = await server.codeFor(email)
    const enter = async (otp?: unknown) => (await server.post('sign-in/email-otp', { email, otp })).status
    const byPassword = async (password?: unknown) =>
      (await server.post('sign-in/email', { email, password })).status
    for (const word of [undefined, null, 5])
      expect([word, await enter(word), await byPassword(word)]).toEqual([word, 400, 400])
    for (const rememberMe of ['perhaps', 5]) {
      const asked = { email, password: 'a long enough phrase', rememberMe }
      expect((await server.post('sign-in/email', asked)).status).toBe(400)
    }
    expect(await kept()).toBe(0)
    // Some of these would have been its five tries as well.
    expect(await enter(code)).toBe(200)
    for (const word of ['', '12345', 'six', '1234567', '１２３４５６'])
      expect([word, await enter(word)]).toEqual([word, 400])
    expect(await kept()).toBe(5)
    expect(await enter(await server.codeFor(email))).toBe(429)
  })

  test('[AUTH23] who asks at once has no more tries than who asks one after another', async () => {
    await using server = await start()
    const password = 'a long enough phrase'
    await server.signIn('ann@example.com')
    await server.resetPassword('ann@example.com', password)
    const enter = async (tried: string, address: string) => {
      const asked = { email: 'ann@example.com', password: tried }
      return (await server.post('sign-in/email', asked, { 'X-Forwarded-For': address })).status
    }
    const guesses = Array.from({ length: 20 }, (_, time) => enter('not that one', `203.0.113.${time}`))
    const told = await Promise.all(guesses)
    expect([told.filter((one) => one === 401).length, told.filter((one) => one === 429).length]).toEqual([
      5, 15,
    ])
    expect(await enter(password, '203.0.113.7')).toBe(429)
    expect(await enter(password, '203.0.114.9')).toBe(200)
    // Tries that went well are in nobody's way.
    for (let times = 0; times < 6; times++) expect(await enter(password, '203.0.114.9')).toBe(200)
  })
})
