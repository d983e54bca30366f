import { describe, expect, test } from 'bun:test'
import { type AccountsServer, startAccounts as start } from '../../../test/accounts-server.ts'

const password = 'correct horse battery staple'
const email = 'ann@example.com'
const minuteMs = 60_000

/** Its mail, which is sent beside the answer, has gone: the next one is the newest. */
async function signUp(server: AccountsServer, body: object = {}) {
  const answer = await server.post('sign-up/email', { name: 'Ann', email, password, ...body })
  await server.identity.settled()
  return answer
}
const signIn = (server: AccountsServer, body: object = {}) =>
  server.post('sign-in/email', { email, password, ...body })

/** The link in the newest mail to an address. */
async function linkTo(server: AccountsServer, address = email): Promise<URL> {
  const [mail] = await server.mailsTo(address)
  return new URL(/https?:\/\/\S+/.exec(mail?.text ?? '')?.[0] ?? 'no link')
}

const confirm = async (server: AccountsServer, address = email) =>
  follow(server, await linkTo(server, address))

const follow = (server: AccountsServer, { pathname, search }: URL) =>
  fetch(`${server.home}${pathname}${search}`, { redirect: 'manual' })

async function signUpWhole(server: AccountsServer) {
  await signUp(server)
  await confirm(server)
  const answer = await signIn(server)
  expect(answer.status).toBe(200)
  return { id: answer.json().user.id, token: answer.json().token }
}

const resetToken = async (server: AccountsServer) =>
  new URLSearchParams((await linkTo(server)).hash.slice(1)).get('token')

describe('signing up with a password', () => {
  test('[PASS4] opens nothing until the link in the mail was followed, then the password signs in', async () => {
    await using server = await start()
    const made = await signUp(server)
    expect(made.status).toBe(200)
    expect(made.json()).toMatchObject({ token: null, user: { email, name: 'Ann', emailVerified: false } })
    // None that signs in.
    expect(made.headers.getSetCookie()).toEqual([expect.stringMatching(/^confab\.signed_up=/)])
    expect((await signIn(server)).status).toBe(401)
    const confirmed = await confirm(server)
    expect([confirmed.status, confirmed.headers.get('location')]).toEqual([302, '/'])
    const answer = await signIn(server)
    expect(answer.status).toBe(200)
    const bearer = { Authorization: `Bearer ${answer.headers.get('set-auth-token')}` }
    expect((await server.ask('/api/v1/me', { headers: bearer })).json()).toMatchObject({ email, name: 'Ann' })
  })

  test('[PASS4] the right password before that answers as a wrong one, and sends the link again', async () => {
    await using server = await start()
    await signUp(server)
    const early = await signIn(server)
    const wrong = await signIn(server, { password: 'another password' })
    expect([early.status, early.json()]).toEqual([wrong.status, wrong.json()])
    expect(await server.mailsTo(email)).toHaveLength(2)
    await confirm(server)
    expect((await signIn(server)).status).toBe(200)
  })

  test('[PASS5] a taken address is answered as a fresh one, changes nothing, and its owner gets a mail', async () => {
    await using server = await start()
    const { token } = await signUpWhole(server)
    const again = await signUp(server, { password: 'quite another password' })
    const fresh = await signUp(server, { email: 'bob@example.com' })
    const shape = ({ status, json }: typeof again) => [status, Object.keys(json().user).sort(), json().token]
    expect(shape(again)).toEqual(shape(fresh))
    expect(again.json().user).toMatchObject({ name: 'Ann', email, emailVerified: false })
    expect((await signIn(server, { password: 'quite another password' })).status).toBe(401)
    const session = await server.ask('/api/auth/get-session', {
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(session.json().user.email).toBe(email)
    const [mail] = await server.mailsTo(email)
    expect(mail?.subject).toBe('You already have an account at Confab')
  })

  test('[PASS5] nor does a name that is not fit, or whatever else comes along, tell a taken address from a fresh one', async () => {
    await using server = await start()
    await signUpWhole(server)
    const oddities = [
      ...[' Ann ', '', ' ', 'x'.repeat(101), 'a\0b'].map((name) => ({ name })),
      { name: 'Ann', image: 'https://example.com/ann.png' },
      { name: 'Ann', emailVerified: true, twoFactorEnabled: true, id: 'mine', role: 'admin' },
    ]
    for (const odd of oddities) {
      const answered = async (address: string) => {
        const body = { email: address, password: 'a password of today', ...odd }
        const { status, json } = await server.post('sign-up/email', body)
        const { id, createdAt, updatedAt, email: said, ...user } = json().user
        return { status, user, keys: Object.keys(json().user), isAsGiven: said === address, is: typeof id }
      }
      // The name that is made of an address is made of what stands before the `@`.
      expect(await answered(email)).toEqual(await answered(email.replace('@', '+1@')))
    }
  })

  test('[PASS6] of two who sign up with an address that neither has confirmed, the later password holds', async () => {
    await using server = await start()
    await signUp(server, { password: 'the stranger was first' })
    await signUp(server)
    await confirm(server)
    expect((await signIn(server, { password: 'the stranger was first' })).status).toBe(401)
    expect((await signIn(server)).status).toBe(200)
  })

  test.each([
    ['the owner', 'a stranger'],
    ['a stranger', 'the owner'],
  ])(
    '[PASS15] %s signs up before %s: each link confirms the password it was mailed for, or none',
    async (...both) => {
      await using server = await start({ limited: false })
      const [earlier, later] = both.map((who) => `the words of ${who}`)
      const opens = async () => {
        const answers = [
          await signIn(server, { password: earlier }),
          await signIn(server, { password: later }),
        ]
        return answers.map(({ status }) => status)
      }
      await signUp(server, { password: earlier })
      const outdated = await linkTo(server)
      await signUp(server, { password: later })
      const [mail] = await server.mailsTo(email)
      const link = await linkTo(server)

      const refused = await follow(server, outdated)
      expect([refused.status, refused.headers.get('location')]).toEqual([302, '/?error=LINK_OUTDATED'])
      outdated.searchParams.delete('callbackURL')
      const plainly = await follow(server, outdated)
      expect([plainly.status, await plainly.json()]).toEqual([
        401,
        expect.objectContaining({ code: 'LINK_OUTDATED' }),
      ])
      expect(await opens()).toEqual([401, 401])

      expect(mail?.text).toContain('with another password. The earlier link is no longer good')
      const confirmed = await follow(server, link)
      expect([confirmed.status, confirmed.headers.get('location')]).toEqual([302, '/'])
      expect(await opens()).toEqual([401, 200])
      // Whoever comes after that is told of the account, and neither link does anything any more.
      await signUp(server, { password: earlier })
      expect((await server.mailsTo(email))[0]?.subject).toBe('You already have an account at Confab')
      for (const one of [outdated, link]) await follow(server, one)
      expect(await opens()).toEqual([401, 200])
    },
  )

  test('[PASS15] the same password once more leaves the first link good, and so does mailing it again', async () => {
    await using server = await start({ limited: false })
    await signUp(server, { password: 'the words of a stranger' })
    await signUp(server)
    const links = [await linkTo(server)]
    await signUp(server)
    links.push(await linkTo(server))
    await signIn(server)
    links.push(await linkTo(server))
    expect((await server.post('send-verification-email', { email })).json()).toEqual({ status: true })
    links.push(await linkTo(server))
    expect(await server.mailsTo(email)).toHaveLength(5)
    for (const link of links) {
      server.database.run('UPDATE auth_user SET "emailVerified" = FALSE')
      expect((await follow(server, link)).headers.get('location')).toBe('/')
      expect((await signIn(server)).status).toBe(200)
    }
    expect((await signIn(server, { password: 'the words of a stranger' })).status).toBe(401)
  })

  test('[PASS7] a code by mail confirms the address as well, and takes away an unproved password', async () => {
    await using server = await start()
    await signUp(server)
    const link = await linkTo(server)
    const ann = await server.signIn(email)
    expect((await follow(server, link)).headers.get('location')).toBe('/')
    expect((await signIn(server)).status).toBe(401)
    expect((await ann.as('/api/v1/me')).status).toBe(200)
  })

  test.each([
    ['x9k2m4p', 'PASSWORD_TOO_SHORT'],
    ['x'.repeat(257), 'PASSWORD_TOO_LONG'],
    ['password', 'PASSWORD_TOO_COMMON'],
    ['ann@example.com', 'PASSWORD_TOO_COMMON'],
    ['confab-localhost', 'PASSWORD_TOO_COMMON'],
  ])(
    '[PASS1] [PASS2] [PASS14] %s is refused at every door where a password is chosen',
    async (wrong, code) => {
      await using server = await start()
      expect((await signUp(server, { password: wrong })).json()).toMatchObject({ code })
      const { token } = await signUpWhole(server)
      const bearer = { Authorization: `Bearer ${token}` }
      const change = { currentPassword: password, newPassword: wrong }
      const isTheirs = wrong === email
      if (!isTheirs)
        expect((await server.post('change-password', change, bearer)).json()).toMatchObject({ code })
      await server.post('request-password-reset', { email })
      const reset = { newPassword: wrong, token: await resetToken(server) }
      if (!isTheirs) expect((await server.post('reset-password', reset)).json()).toMatchObject({ code })
      expect((await signIn(server)).status).toBe(200)
    },
  )
})

describe('signing in with a password', () => {
  test('[PASS8] a wrong password, an unknown address and an account without one are answered alike', async () => {
    await using server = await start()
    await signUpWhole(server)
    await server.signIn('bob@example.com')
    const answers = [
      await signIn(server, { password: 'not the password' }),
      await signIn(server, { email: 'nobody@example.com' }),
      await signIn(server, { email: 'bob@example.com' }),
      await signIn(server, { password: '' }),
      await signIn(server, { email: 'nobody@example.com', password: '' }),
    ].map(({ status, json }) => [status, json()])
    expect(answers[0]).toEqual([401, expect.objectContaining({ code: 'INVALID_EMAIL_OR_PASSWORD' })])
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  })

  test('[PASS3] the database holds no password as it is', async () => {
    await using server = await start()
    await signUpWhole(server)
    const kept = JSON.stringify(server.database.query('SELECT * FROM auth_account').all())
    expect(kept).toContain('$argon2id$')
    expect(kept).not.toContain(password)
  })

  test('[PASS9] tries with a password are counted as those with a code are', async () => {
    await using server = await start()
    for (let tried = 0; tried < 5; tried++)
      expect((await signIn(server, { email: 'nobody@example.com' })).status).toBe(401)
    expect((await signIn(server, { email: 'nobody@example.com' })).json()).toMatchObject({
      code: 'rate_limited',
    })
  })
})

describe('a forgotten password', () => {
  test('[PASS10] is asked for alike by a known and an unknown address, in the same time', async () => {
    await using server = await start({ heldBackMs: 500 })
    await signUpWhole(server)
    const ask = async (address: string) => {
      const startedAt = performance.now()
      const answer = await server.post('request-password-reset', { email: address })
      return { answer: [answer.status, answer.json()], ms: performance.now() - startedAt }
    }
    const [known, unknown] = [await ask(email), await ask('nobody@example.com')]
    expect(known.answer).toEqual(unknown.answer)
    // Both are held back for half a second, of which the work takes a small part.
    for (const { ms } of [known, unknown]) expect(ms).toBeGreaterThanOrEqual(495)
    expect(await server.mailsTo('nobody@example.com')).toEqual([])
  })

  test('[PASS11] the link sets a new one once, and ends every session', async () => {
    await using server = await start()
    const { token: session } = await signUpWhole(server)
    const { token: other } = (await signIn(server)).json()
    await server.post('request-password-reset', { email })
    const token = await resetToken(server)
    const reset = (newPassword: string) => server.post('reset-password', { newPassword, token })
    expect((await reset('a password of today')).json()).toEqual({ status: true })
    for (const one of [session, other]) {
      const headers = { Authorization: `Bearer ${one}` }
      expect((await server.ask('/api/v1/me', { headers })).status).toBe(401)
    }
    expect((await reset('a password of tomorrow')).json()).toMatchObject({ code: 'INVALID_TOKEN' })
    expect((await signIn(server)).status).toBe(401)
    expect((await signIn(server, { password: 'a password of today' })).status).toBe(200)
    const [mail] = await server.mailsTo(email)
    expect(mail?.subject).toBe('Your password for Confab was changed')
  })

  test('[PASS11] the link is good for 30 minutes, and the database doesn’t hold it as it is', async () => {
    await using server = await start()
    await signUpWhole(server)
    const link = async () => {
      await server.post('request-password-reset', { email })
      return resetToken(server)
    }
    const reset = (token: string | null) =>
      server.post('reset-password', { newPassword: 'a password of today', token })
    const early = await link()
    expect(JSON.stringify(server.database.query('SELECT * FROM auth_verification').all())).not.toContain(
      early,
    )
    server.advance(29 * minuteMs)
    expect((await reset(early)).status).toBe(200)
    const late = await link()
    server.advance(31 * minuteMs)
    expect((await reset(late)).json()).toMatchObject({ code: 'INVALID_TOKEN' })
  })

  test('[PASS11] of two links, the one that was used takes the other along', async () => {
    await using server = await start()
    await signUpWhole(server)
    await server.post('request-password-reset', { email })
    const first = await resetToken(server)
    await server.post('request-password-reset', { email })
    const second = await resetToken(server)
    const reset = (token: string | null) =>
      server.post('reset-password', { newPassword: 'a password of today', token })
    expect((await reset(second)).status).toBe(200)
    expect((await reset(first)).status).toBe(400)
  })

  test('[PASS12] the link gives a password to who had none, and confirms who had not confirmed', async () => {
    await using server = await start()
    await server.signIn('bob@example.com')
    await signUp(server)
    for (const address of ['bob@example.com', email]) {
      await server.post('request-password-reset', { email: address })
      const token = new URLSearchParams((await linkTo(server, address)).hash.slice(1)).get('token')
      await server.post('reset-password', { newPassword: 'a password of today', token })
      const answer = await signIn(server, { email: address, password: 'a password of today' })
      expect([address, answer.status]).toEqual([address, 200])
    }
  })
})

test('[PASS17] an administrator who signs somebody out, or suspends them, ends the links that they hold', async () => {
  await using server = await start()
  const root = await server.signIn('root@example.com')
  const out = await server.signIn('out@example.com')
  const suspended = await server.signIn('suspended@example.com')
  await server.signIn(email)
  const addresses = ['out@example.com', 'suspended@example.com', email]
  for (const address of addresses) await server.post('request-password-reset', { email: address })
  const account = '/api/v1/admin/accounts'
  const ended = await root.as(`${account}/${out.id}/sessions`, { method: 'DELETE' })
  expect(ended.status).toBe(204)
  expect((await server.suspend(root, suspended.id)).status).toBe(200)
  const reinstated = await root.as(`${account}/${suspended.id}/suspension`, { method: 'DELETE' })
  expect(reinstated.status).toBe(200)
  const statuses: number[] = []
  for (const address of addresses) {
    const token = new URLSearchParams((await linkTo(server, address)).hash.slice(1)).get('token')
    const answer = await server.post('reset-password', { newPassword: 'a password of today', token })
    statuses.push(answer.status)
  }
  expect(statuses).toEqual([400, 400, 200])
})

test('[PASS16] the link confirms the password that was chosen by it, though somebody signs up just then', async () => {
  await using server = await start()
  await signUp(server)
  const stranger = await Bun.password.hash('the words of a stranger')
  // What a sign-up does that comes between the new password and the confirmed address.
  server.database.run(`CREATE TRIGGER signed_up BEFORE UPDATE OF "emailVerified" ON auth_user
    BEGIN UPDATE auth_account SET password = '${stranger}'; END`)
  await server.resetPassword(email, 'a password of today')
  expect((await signIn(server, { password: 'the words of a stranger' })).status).toBe(401)
  expect((await signIn(server, { password: 'a password of today' })).status).toBe(200)
})

describe('changing a password', () => {
  test('[PASS13] takes the present one; the other sessions end where that is asked for', async () => {
    await using server = await start()
    const { token: here } = await signUpWhole(server)
    const { token: there } = (await signIn(server)).json()
    const lives = async (token: string) =>
      (await server.ask('/api/v1/me', { headers: { Authorization: `Bearer ${token}` } })).status === 200
    const change = (body: object) => server.post('change-password', body, { Authorization: `Bearer ${here}` })
    const newPassword = 'a password of today'
    const refused = await change({ currentPassword: 'not the password', newPassword })
    expect(refused.json()).toMatchObject({ code: 'INVALID_PASSWORD' })
    expect((await change({ currentPassword: password, newPassword })).status).toBe(200)
    expect([await lives(here), await lives(there)]).toEqual([true, true])
    const again = { currentPassword: newPassword, newPassword: password, revokeOtherSessions: true }
    expect((await change(again)).status).toBe(200)
    expect([await lives(here), await lives(there)]).toEqual([true, false])
    expect((await signIn(server)).status).toBe(200)
    const [mail] = await server.mailsTo(email)
    expect(mail?.subject).toBe('Your password for Confab was changed')
  })
})
