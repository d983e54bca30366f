import { describe, expect, spyOn, test } from 'bun:test'
import { type AccountSettings, signUpRules } from '@confab/protocol/account-settings'
import { sessionId, userId } from '@confab/protocol/ids'
import { type AccountsServer, isoInstant, startAccounts as start } from '../../../test/accounts-server.ts'
import { changeAccountSettings } from '../../domain/accounts/account-settings.ts'

const password = 'correct horse battery staple'
const hourMs = 3_600_000

type Person = Awaited<ReturnType<AccountsServer['signIn']>>

/** Asks for a code and answers what came of it: `in`, or why not. */
async function enter(server: AccountsServer, email: string, also: object = {}): Promise<string> {
  const sent = await server.post('email-otp/send-verification-otp', { email, type: 'sign-in', ...also })
  expect(sent.json()).toEqual({ success: true })
  const [mail] = await server.mailsTo(email)
  const otp = /\b\d{6}\b/.exec(mail?.text ?? '')?.[0]
  if (otp === undefined) return String(mail?.subject)
  const answer = await server.post('sign-in/email-otp', { email, otp, ...also })
  return answer.status === 200 ? 'in' : answer.json().code
}

const invite = async (by: Person, body: object = {}) =>
  (await by.as('/api/v1/admin/invitations', { method: 'POST', body })).json()

const noAccount = 'You have no account at Confab'

describe('who may sign up', () => {
  test('[DOOR1] the first one may in any case, and is the administrator; those after them are members', async () => {
    await using server = await start({ accounts: { signUp: 'closed' } })
    const ann = await server.signIn('ann@example.com')
    expect((await ann.as('/api/v1/me')).json().serverRole).toBe('admin')
    await ann.as('/api/v1/admin/account-settings', { method: 'PATCH', body: { signUp: 'open' } })
    const bob = await server.signIn('bob@example.com')
    expect((await bob.as('/api/v1/me')).json().serverRole).toBe('member')
  })

  test('[DOOR2] closed: nobody new; who has an account comes in as ever', async () => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    expect(await enter(server, 'bob@example.com')).toBe('in')
    await ann.as('/api/v1/admin/account-settings', { method: 'PATCH', body: { signUp: 'closed' } })
    expect(await enter(server, 'eve@example.com')).toBe(noAccount)
    expect(await enter(server, 'bob@example.com')).toBe('in')
    const { token } = await invite(ann)
    expect(await enter(server, 'eve@example.com', { invitation: token })).toBe(noAccount)
  })

  test('[DOOR3] closed: a sign-up with a password is refused alike for a taken address and a free one', async () => {
    await using server = await start({ accounts: { signUp: 'closed' } })
    await server.signIn('ann@example.com')
    const signUp = async (email: string) => {
      const answer = await server.post('sign-up/email', { name: 'A', email, password })
      return [answer.status, answer.json()]
    }
    expect(await signUp('eve@example.com')).toEqual([
      403,
      expect.objectContaining({ code: 'SIGN_UP_CLOSED' }),
    ])
    expect(await signUp('ann@example.com')).toEqual(await signUp('eve@example.com'))
  })

  test('[DOOR4] domains: those of these domains, and who was invited; a subdomain is another one', async () => {
    await using server = await start({ accounts: { signUp: 'domains', domains: ['example.org'] } })
    const ann = await server.signIn('ann@example.com')
    expect(await enter(server, 'bob@example.org')).toBe('in')
    expect(await enter(server, 'BOB2@EXAMPLE.ORG')).toBe('in')
    for (const email of ['eve@sub.example.org', 'eve@example.org.evil.com', 'eve@badexample.org'])
      expect([email, await enter(server, email)]).toEqual([email, noAccount])
    const { token } = await invite(ann)
    expect(await enter(server, 'eve@example.net', { invitation: token })).toBe('in')
  })

  test('[DOOR5] invited: by a code and by a password, as often as the invitation says', async () => {
    await using server = await start({ accounts: { signUp: 'invited' } })
    const ann = await server.signIn('ann@example.com')
    const { token: invitation } = await invite(ann, { uses: 2 })
    expect(await enter(server, 'bob@example.com')).toBe(noAccount)
    expect(await enter(server, 'bob@example.com', { invitation: 'guessed' })).toBe(noAccount)
    expect(await enter(server, 'bob@example.com', { invitation })).toBe('in')
    const signUp = (email: string, also: object) =>
      server.post('sign-up/email', { name: 'A', email, password, ...also })
    expect((await signUp('cat@example.com', {})).json()).toMatchObject({ code: 'SIGN_UP_CLOSED' })
    expect((await signUp('cat@example.com', { invitation })).status).toBe(200)
    expect(await enter(server, 'dan@example.com', { invitation })).toBe(noAccount)
    expect(await enter(server, 'bob@example.com')).toBe('in')
  })

  test('[DOOR10] a sign-up spends the invitation alike for a taken address and a free one; one that is malformed, and a sign-in, spend none', async () => {
    await using server = await start({ accounts: { signUp: 'invited' } })
    const ann = await server.signIn('ann@example.com')
    const signUp = async (email: string, invitation: string, also: object = {}) => {
      const body = { name: 'A', email, password, invitation, ...also }
      const answer = await server.post('sign-up/email', body)
      return answer.status === 200 ? 200 : answer.json().code
    }
    const [taken, free, unconfirmed] = ['ann@example.com', 'bob@example.com', 'bob@example.com']
    for (const [round, email] of [free, taken, unconfirmed].entries()) {
      const { token: invitation } = await invite(ann, { uses: 1 })
      expect(await signUp('no address', invitation)).toBe('VALIDATION_ERROR')
      expect(await signUp(email, invitation, { password: 'short' })).toBe('PASSWORD_TOO_SHORT')
      expect(await enter(server, taken, { invitation })).toBe('in')
      expect([email, await signUp(email, invitation)]).toEqual([email, 200])
      expect([email, await signUp(`eve-${round}@example.com`, invitation)]).toEqual([email, 'SIGN_UP_CLOSED'])
    }
  })

  test('[DOOR11] who signs up again for the same address, by the same browser, spends no further use, taken or free', async () => {
    await using server = await start({ accounts: { signUp: 'invited' } })
    const ann = await server.signIn('ann@example.com')
    for (const email of ['bob@example.com', 'ann@example.com']) {
      const { token: invitation } = await invite(ann, { uses: 1 })
      const signUp = (to: string, cookie = '') =>
        server.post(
          'sign-up/email',
          { name: 'A', email: to, password, invitation },
          { Cookie: cookie, Origin: server.home },
        )
      const first = await signUp(email)
      const [cookie = ''] = (first.headers.getSetCookie()[0] ?? '').split(';')
      expect([email, first.status, cookie]).toEqual([
        email,
        200,
        expect.stringMatching(/^confab\.signed_up=/),
      ])
      const statuses = async () => {
        const all = [
          signUp(email, cookie),
          signUp(email, cookie.replace('%20', '%209')),
          signUp('eve@example.com', cookie),
        ]
        return (await Promise.all(all)).map(({ status }) => status)
      }
      expect([email, await statuses()]).toEqual([email, [200, 403, 403]])
      server.advance(hourMs)
      expect([email, await statuses()]).toEqual([email, [403, 403, 403]])
    }
    const confirmations = await server.mailsTo('bob@example.com')
    expect(confirmations.map(({ subject }) => subject)).toEqual([
      'Confirm your address for Confab',
      'Confirm your address for Confab',
    ])
  })

  test('[DOOR11] … but a sign-up by code spends one, whatever the browser has signed up before', async () => {
    await using server = await start({ accounts: { signUp: 'invited' } })
    const ann = await server.signIn('ann@example.com')
    const { token: invitation } = await invite(ann, { uses: 2 })
    const email = 'bob@example.com'
    const first = await server.post('sign-up/email', { name: 'Bob', email, password, invitation })
    const [cookie = ''] = (first.headers.getSetCookie()[0] ?? '').split(';')
    // Its mail has gone, and the code's is the newest.
    await server.identity.settled()
    const bob = await server.signIn(email)
    expect((await bob.as('/api/v1/me', { method: 'DELETE' })).status).toBe(204)
    const sent = { email, type: 'sign-in', invitation }
    await server.post('email-otp/send-verification-otp', sent)
    const [mail] = await server.mailsTo(email)
    const otp = /\b\d{6}\b/.exec(mail?.text ?? '')?.[0]
    const headers = { Cookie: cookie, Origin: server.home }
    expect((await server.post('sign-in/email-otp', { email, otp, invitation }, headers)).status).toBe(200)
    expect(await enter(server, 'eve@example.com', { invitation })).toBe(noAccount)
  })

  test('[AUTH6] who asks for a code costs the same statements with an account as without, whoever may sign up', async () => {
    await using server = await start({ limited: false })
    const ann = await server.signIn('ann@example.com')
    const query = spyOn(server.database, 'query')
    const statementsFor = async (email: string) => {
      query.mockClear()
      await server.post('email-otp/send-verification-otp', { email, type: 'sign-in' })
      return query.mock.calls.map(([sql]) => sql)
    }
    for (const signUp of signUpRules) {
      const body = { signUp, domains: ['example.org'] }
      const path = '/api/v1/admin/account-settings'
      expect((await ann.as(path, { method: 'PATCH', body })).status).toBe(200)
      const known = await statementsFor('ann@example.com')
      expect(known.length).toBeGreaterThan(3)
      expect([signUp, known]).toEqual([signUp, await statementsFor(`eve-${signUp}@example.com`)])
    }
    query.mockRestore()
  })

  test('[INVITE2] [INVITE4] an invitation ends by time, by hand, and with its maker’s own role', async () => {
    await using server = await start({ accounts: { signUp: 'invited' } })
    const ann = await server.signIn('ann@example.com')
    const [late, revoked, orphan] = [
      await invite(ann, { expiresInHours: 1 }),
      await invite(ann),
      await invite(ann, { expiresInHours: null }),
    ]
    const path = '/api/v1/admin/invitations'
    expect((await ann.as(`${path}/${revoked.id}`, { method: 'DELETE' })).status).toBe(204)
    expect((await ann.as(`${path}/${revoked.id}`, { method: 'DELETE' })).status).toBe(404)
    expect(await enter(server, 'eve@example.com', { invitation: revoked.token })).toBe(noAccount)
    server.clock.advance(hourMs)
    expect(await enter(server, 'eve@example.com', { invitation: late.token })).toBe(noAccount)
    const open = (await ann.as(path)).json().items
    expect(open.map(({ id }: { id: string }) => id)).toEqual([orphan.id])
    expect(await enter(server, 'bob@example.com', { invitation: orphan.token })).toBe('in')
    server.database.run("UPDATE users SET server_role = 'member'")
    expect(await enter(server, 'eve@example.com', { invitation: orphan.token })).toBe(noAccount)
  })

  test('[INVITE6] a link carries its token behind #, is told once, and is kept as a hash', async () => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    const made = await invite(ann, { uses: 3, expiresInHours: 24 })
    const { token, url, ...rest } = made
    expect(url).toBe(`${server.home}/join#${token}`)
    expect(rest).toEqual({
      id: expect.any(String),
      createdBy: ann.id,
      createdAt: isoInstant,
      expiresAt: isoInstant,
      usesMax: 3,
      uses: 0,
    })
    const listed = await ann.as('/api/v1/admin/invitations')
    expect(listed.json()).toEqual({ items: [rest], next: null })
    const kept = server.database.query('SELECT * FROM invitations').all()
    expect(JSON.stringify(kept)).not.toContain(token)
  })
})

describe('which ways are open', () => {
  test('[DOOR6] a way that is shut is missing, and opens again', async () => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    const set = (signIn: string[]) =>
      ann.as('/api/v1/admin/account-settings', { method: 'PATCH', body: { signIn } })
    const doors = async () => {
      const asked = [
        await server.post('email-otp/send-verification-otp', { email: 'bob@example.com', type: 'sign-in' }),
        await server.post('sign-in/email', { email: 'bob@example.com', password }),
        await server.post('request-password-reset', { email: 'bob@example.com' }),
        await server.ask('/api/auth/passkey/generate-authenticate-options'),
        await server.post('sign-in/social', { provider: 'acme' }),
      ]
      return asked.map(({ status }) => status)
    }
    await set(['code'])
    expect(await doors()).toEqual([200, 404, 404, 404, 404])
    await set(['password'])
    expect(await doors()).toEqual([404, 401, 200, 404, 404])
    await set(['passkey'])
    expect(await doors()).toEqual([404, 404, 404, 200, 404])
    expect((await ann.as('/api/v1/me')).status).toBe(200)
  })

  test('[DOOR7] one way at least stays open; wrong settings change nothing', async () => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    const path = '/api/v1/admin/account-settings'
    const before = (await ann.as(path)).json()
    const wrong = [
      [{ signIn: [] }, 'signIn'],
      [{ signIn: ['smoke'] }, 'signIn.0'],
      [{ signUp: 'perhaps' }, 'signUp'],
      [{ domains: ['no domain'] }, 'domains.0'],
    ] as const
    for (const [body, field] of wrong) {
      const answer = await ann.as(path, { method: 'PATCH', body })
      expect(answer.json()).toMatchObject({ status: 400, code: 'invalid', errors: [{ path: field }] })
    }
    expect((await ann.as(path)).json()).toEqual(before)
    const changed = await ann.as(path, { method: 'PATCH', body: { signUp: 'invited' } })
    expect(changed.json()).toEqual({ ...before, signUp: 'invited' })
  })

  test('[DOOR12] of settings that are changed at once none that was acknowledged is lost', async () => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    const path = '/api/v1/admin/account-settings'
    const by = { userId: userId.parse(ann.id), sessionId: sessionId.parse('any') }
    const changes: Partial<AccountSettings>[] = [{ signUp: 'closed' }, { domains: ['example.org'] }]
    // Both have looked before either writes, as on two nodes.
    const both = await Promise.allSettled(
      changes.map((change) => changeAccountSettings(server.domain, by, change)),
    )
    const made = changes.filter((_, index) => both[index]?.status === 'fulfilled')
    const refused = both.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
    expect([made.length, refused]).toEqual([1, ['conflict']])
    expect((await ann.as(path)).json()).toMatchObject(Object.assign({}, ...made))
    for (const body of changes) expect((await ann.as(path, { method: 'PATCH', body })).status).toBe(200)
    expect((await ann.as(path)).json()).toMatchObject(Object.assign({}, ...changes))
  })

  test('[DOOR8] everybody is told which doors are open, and no more', async () => {
    const acme = { id: 'acme', name: 'Acme', issuer: 'http://127.0.0.1:1', clientId: 'c', clientSecret: 's' }
    await using server = await start({ providers: [{ ...acme, scopes: [] }] })
    await using plain = await start({ accounts: { signUp: 'domains', domains: ['secret.example'] } })
    expect((await server.ask('/api/v1/sign-in')).json()).toEqual({
      signIn: ['code', 'password', 'passkey', 'oidc'],
      signUp: 'open',
      providers: [{ id: 'acme', name: 'Acme' }],
    })
    expect((await plain.ask('/api/v1/sign-in')).json()).toEqual({
      signIn: ['code', 'password', 'passkey'],
      signUp: 'domains',
      providers: [],
    })
  })

  test('[DOOR9] to members the administrators’ doors are forbidden', async () => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    const bob = await server.signIn('bob@example.com')
    const asked = [
      ['GET', '/api/v1/admin/account-settings', undefined],
      ['PATCH', '/api/v1/admin/account-settings', { signUp: 'closed' }],
      ['GET', '/api/v1/admin/invitations', undefined],
      ['POST', '/api/v1/admin/invitations', {}],
      ['DELETE', '/api/v1/admin/invitations/x', undefined],
    ] as const
    for (const [method, path, body] of asked) {
      const ask = async (who: Person) => (await who.as(path, { method, body })).status
      expect([path, await ask(bob)]).toEqual([path, 403])
      expect(await ask(ann)).not.toBe(403)
    }
  })
})
