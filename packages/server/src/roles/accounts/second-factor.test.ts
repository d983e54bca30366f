import { expect, test } from 'bun:test'
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'
import { type AccountsServer, startAccounts as start } from '../../../test/accounts-server.ts'
import { setUpApp, stepMs } from '../../../test/set-up-app.ts'
import { totpAt } from '../../../test/totp.ts'

const email = 'ann@example.com'

/** Somebody with an authenticator app. */
async function enable(server: AccountsServer) {
  return setUpApp(server, await server.signIn(email))
}

/** The first step of a sign-in, up to where the second factor is asked for. */
async function begin(server: AccountsServer) {
  const answer = await server.enter(email, await server.codeFor(email))
  const cookies = answer.headers.getSetCookie()
  const kept = cookies.filter((cookie) => !/max-age=0/i.test(cookie)).map((cookie) => cookie.split(';')[0])
  return { answer, headers: { Cookie: kept.join('; '), Origin: server.home } }
}

const me = async (server: AccountsServer, token: string) =>
  (await server.ask('/api/v1/me', { headers: { Authorization: `Bearer ${token}` } })).status

test('[TOTP1] it is asked for once the app has shown a first code; before, a sign-in is as ever', async () => {
  await using server = await start()
  const ann = await server.signIn(email)
  const made = (await server.post('two-factor/enable', {}, ann.bearer)).json()
  expect(made.totpURI).toStartWith('otpauth://totp/')
  expect(made.backupCodes).toHaveLength(10)
  expect((await begin(server)).answer.json()).toMatchObject({ token: expect.any(String) })
  const wrong = await server.post('two-factor/verify-totp', { code: '000000' }, ann.bearer)
  expect(wrong.json()).toMatchObject({ code: 'INVALID_CODE' })
  const code = totpAt(made.totpURI, server.clock.now())
  expect((await server.post('two-factor/verify-totp', { code }, ann.bearer)).status).toBe(200)
  expect((await begin(server)).answer.json()).toMatchObject({ twoFactorRedirect: true })
})

test('[TOTP2] a code by mail is not enough: no session until the app’s code has come as well', async () => {
  await using server = await start()
  const { code } = await enable(server)
  const { answer, headers } = await begin(server)
  expect([answer.status, answer.json()]).toEqual([
    200,
    { twoFactorRedirect: true, twoFactorMethods: ['totp'] },
  ])
  expect(answer.headers.get('set-auth-token')).toBeNull()
  expect((await server.ask('/api/v1/me', { headers })).status).toBe(401)
  const whole = await server.post('two-factor/verify-totp', { code: code() }, headers)
  expect(whole.status).toBe(200)
  expect(await me(server, whole.json().token)).toBe(200)
})

test('[TOTP8] an administrator takes away a lost one, whose owner is mailed and sets up another; nobody else may, nor for themselves', async () => {
  await using server = await start()
  const root = await server.signIn('root@example.com')
  const bob = await server.signIn('bob@example.com')
  await enable(server)
  const { answer } = await begin(server)
  expect(answer.json()).toMatchObject({ twoFactorRedirect: true })
  const accounts = '/api/v1/admin/accounts'
  const [ann] = (await root.as(`${accounts}?query=ann%40`)).json().items
  expect(ann.secondFactor).toBe(true)
  const remove = (by: typeof root, id: string) =>
    by.as(`${accounts}/${id}/second-factor`, { method: 'DELETE' })
  expect((await remove(bob, ann.id)).status).toBe(403)
  for (const id of [bob.id, root.id]) expect((await remove(root, id)).status).toBe(409)
  expect((await begin(server)).answer.json()).toMatchObject({ twoFactorRedirect: true })

  expect((await remove(root, ann.id)).json()).toMatchObject({ id: ann.id, secondFactor: false })
  expect((await server.mailsTo(email))[0]?.subject).toBe('Your second factor for Confab was removed')
  const told = (await root.as('/api/v1/admin/audit?action=second-factor.removed')).json().items
  expect(told.map(({ actorId, targetId }: Record<string, unknown>) => [actorId, targetId])).toEqual([
    [root.id, ann.id],
  ])
  expect((await begin(server)).answer.json()).toMatchObject({ token: expect.any(String) })
  const { code } = await enable(server)
  const again = await begin(server)
  expect((await server.post('two-factor/verify-totp', { code: code() }, again.headers)).status).toBe(200)
  expect((await remove(root, ann.id)).status).toBe(200)
})

test('[TOTP2] nor is a password', async () => {
  await using server = await start()
  const { code } = await enable(server)
  await server.post('request-password-reset', { email })
  const [mail] = await server.mailsTo(email)
  const token = /token=(\S+)/.exec(mail?.text ?? '')?.[1]
  const password = 'correct horse battery staple'
  expect((await server.post('reset-password', { newPassword: password, token })).status).toBe(200)
  const answer = await server.post('sign-in/email', { email, password })
  expect(answer.json()).toMatchObject({ twoFactorRedirect: true })
  const cookies = answer.headers.getSetCookie().filter((cookie) => !/max-age=0/i.test(cookie))
  const headers = { Cookie: cookies.map((one) => one.split(';')[0]).join('; '), Origin: server.home }
  expect((await server.post('two-factor/verify-totp', { code: code() }, headers)).status).toBe(200)
})

test('[TOTP3] a code opens once, though the app shows it for half a minute', async () => {
  await using server = await start()
  const { code } = await enable(server)
  const [first, second] = [await begin(server), await begin(server)]
  const used = code()
  expect((await server.post('two-factor/verify-totp', { code: used }, first.headers)).status).toBe(200)
  const sessions = () => server.database.query('SELECT count(*) AS held FROM auth_session').get()
  const before = sessions()
  const again = await server.post('two-factor/verify-totp', { code: used }, second.headers)
  expect([again.status, again.json().code]).toEqual([401, 'INVALID_CODE'])
  expect(again.headers.getSetCookie()).toEqual([])
  expect(sessions()).toEqual(before)
  server.advance(stepMs)
  const third = await begin(server)
  expect((await server.post('two-factor/verify-totp', { code: code() }, third.headers)).status).toBe(200)
})

test('[TOTP4] five wrong codes end the sign-in; a right one needs a new one', async () => {
  // Five failures lock as well, for longer.
  await using server = await start({ limited: false })
  const { code } = await enable(server)
  const { headers } = await begin(server)
  const enter = async (digits: string) =>
    (await server.post('two-factor/verify-totp', { code: digits }, headers)).status
  const wrong = code() === '000000' ? '000001' : '000000'
  for (let tried = 0; tried < 5; tried++) expect(await enter(wrong)).toBe(401)
  expect(await enter(code())).toBe(400)
  const fresh = await begin(server)
  expect((await server.post('two-factor/verify-totp', { code: code() }, fresh.headers)).status).toBe(200)
})

test('[TOTP5] a recovery code opens instead, once; new ones replace the old', async () => {
  await using server = await start()
  const { backupCodes } = await enable(server)
  const recover = async (code = '') =>
    server.post('two-factor/verify-backup-code', { code }, (await begin(server)).headers)
  const first = await recover(backupCodes[0])
  expect(first.status).toBe(200)
  expect((await recover(backupCodes[0])).status).toBe(401)
  const bearer = { Authorization: `Bearer ${first.json().token}` }
  const renewed = (await server.post('two-factor/generate-backup-codes', {}, bearer)).json().backupCodes
  expect((await recover(backupCodes[1])).status).toBe(401)
  expect((await recover(renewed[0])).status).toBe(200)
  expect((await recover(` ${renewed[1].toUpperCase().replaceAll('-', '')}`)).status).toBe(200)
  const kept = JSON.stringify(server.database.query('SELECT * FROM auth_two_factor').all())
  expect(kept).not.toContain(renewed[2])
})

test('[TOTP5] recovery codes are kept as hashes, which open nothing; those kept whole before open, and are hashes since', async () => {
  await using server = await start()
  const { backupCodes } = await enable(server)
  const recover = async (code = '') =>
    (await server.post('two-factor/verify-backup-code', { code }, (await begin(server)).headers)).status
  // As they lay before they were hashed: better-auth's own form, with the secret of `startAccounts`.
  const key = 'a secret for tests, and for nothing else'
  const keep = async (codes: string[]) => {
    const data = await symmetricEncrypt({ key, data: JSON.stringify(codes) })
    server.database.run('UPDATE auth_two_factor SET backupCodes = ?', [data])
  }
  const kept = async (): Promise<string[]> => {
    const query = server.database.query<{ data: string }, []>(
      'SELECT backupCodes AS data FROM auth_two_factor',
    )
    return JSON.parse(await symmetricDecrypt({ key, data: query.get()?.data ?? '' }))
  }
  const hashes = await kept()
  expect(hashes).toHaveLength(10)
  for (const one of hashes) expect(one).toMatch(/^hash [\w-]{43}$/)
  expect(backupCodes.map((one) => one.replaceAll('-', '').length)).toEqual(hashes.map(() => 24))
  expect(await recover(hashes[0])).toBe(401)
  await keep(['Abcde-fGhIj', 'Zyxwv-Uts01'])
  expect([await recover('Zyxwv-Uts02'), await recover('Abcde-fGhIj')]).toEqual([401, 200])
  expect(await kept()).toEqual([expect.stringMatching(/^hash /)])
  expect([await recover('Abcde-fGhIj'), await recover('Zyxwv-Uts01')]).toEqual([401, 200])
  expect(await kept()).toEqual([])
})

test('[TOTP6] it is laid down by who is signed in, and then a sign-in is as ever', async () => {
  await using server = await start()
  const { code } = await enable(server)
  const { headers } = await begin(server)
  const whole = await server.post('two-factor/verify-totp', { code: code() }, headers)
  const stranger = await server.post('two-factor/disable', {})
  expect(stranger.status).toBe(401)
  const bearer = { Authorization: `Bearer ${whole.json().token}` }
  expect((await server.post('two-factor/disable', {}, bearer)).status).toBe(200)
  expect((await begin(server)).answer.json()).toMatchObject({ token: expect.any(String) })
})

test('[TOTP7] who has only the first factor is told as no sign-in; the whole one is told once', async () => {
  await using server = await start()
  const { code } = await enable(server)
  const told: string[] = []
  server.identity.onSignedIn(({ way }) => told.push(way))
  const ended: unknown[] = []
  server.identity.onSessionEnded((one) => ended.push(one))
  const { headers } = await begin(server)
  expect([told, ended]).toEqual([[], []])
  await server.post('two-factor/verify-totp', { code: code() }, headers)
  expect([told, ended]).toEqual([['second-factor'], []])
})

test('[AUTH26] wrong codes of the app lock as wrong passwords do, however many sign-ins they are spread over', async () => {
  await using server = await start()
  const { code } = await enable(server)
  const wrong = code() === '000000' ? '000001' : '000000'
  const { headers } = await begin(server)
  const enter = async (digits: string) => server.post('two-factor/verify-totp', { code: digits }, headers)
  for (let tried = 0; tried < 4; tried++) expect((await enter(wrong)).status).toBe(401)
  // The right first factor forgives nothing.
  const again = await begin(server)
  const fifth = await server.post('two-factor/verify-totp', { code: wrong }, again.headers)
  expect(fifth.status).toBe(401)
  const locked = await server.post('two-factor/verify-totp', { code: code() }, again.headers)
  expect(locked.status).toBe(429)
  expect(locked.headers.get('retry-after')).toBe('1800')
  expect((await server.enter(email, '000000')).status).toBe(429)
  const [mail] = await server.mailsTo(email)
  expect(mail?.subject).toBe('Sign-in to your Confab account is locked for a while')
  server.advance(30 * 60_000)
  const { headers: later } = await begin(server)
  expect((await server.post('two-factor/verify-totp', { code: code() }, later)).status).toBe(200)
})

test('[AUTH26] nor is a password guessed by who has somebody’s session', async () => {
  await using server = await start()
  const ann = await server.signIn(email)
  const password = 'correct horse battery staple'
  await server.resetPassword(email, password)
  const { bearer } = await server.signIn(email)
  const change = async (currentPassword: string, newPassword = 'another fine password') =>
    (await server.post('change-password', { currentPassword, newPassword }, bearer)).status
  // One that is too short is no failure.
  for (let tried = 0; tried < 5; tried++) expect(await change(password, 'short')).toBe(400)
  for (let tried = 0; tried < 5; tried++) expect(await change('a guess of mine')).toBe(400)
  expect(await change(password)).toBe(429)
  expect(ann.id).not.toBe('')
})

test('[SUSP2] of a suspended account nothing is told before the second factor, and the reason after it', async () => {
  await using server = await start()
  const root = await server.signIn('root@example.com')
  const { code } = await enable(server)
  const { id } = (await root.as('/api/v1/users?query=ann')).json().items[0]
  await server.suspend(root, id)
  const { answer, headers } = await begin(server)
  expect(answer.json()).toEqual({ twoFactorRedirect: true, twoFactorMethods: ['totp'] })
  const refused = await server.post('two-factor/verify-totp', { code: code() }, headers)
  expect([refused.status, refused.json().code]).toEqual([403, 'ACCOUNT_SUSPENDED'])
  expect((await server.ask('/api/v1/me', { headers })).status).toBe(401)
})
