import { expect, test } from 'bun:test'
import { type AccountsServer, startAccounts as start } from '../../../test/accounts-server.ts'
import { register, signIn as signInByPasskey } from '../../../test/passkey-ceremony.ts'
import { setUpApp } from '../../../test/set-up-app.ts'
import { softPasskey } from '../../../test/soft-passkey.ts'

const settings = '/api/v1/admin/account-settings'
const needed = [403, 'second_factor_needed']

/** An administrator who came with two factors, and somebody who came with one. */
async function startWith(secondFactor: string) {
  const server = await start()
  const root = await setUpApp(server, await server.signIn('root@example.com'))
  const ann = await server.signIn('ann@example.com')
  const demand = (rule: string, bearer = root.bearer) =>
    server.ask(settings, { method: 'PATCH', body: { secondFactor: rule }, headers: bearer })
  expect((await demand(secondFactor)).status).toBe(200)
  return { server, root, ann, demand, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

type Bearer = Record<string, string>

const answerTo = async (server: AccountsServer, headers: Bearer, path = '/api/v1/users') => {
  const answer = await server.ask(path, { headers })
  return answer.status === 200 ? 200 : [answer.status, answer.json().code]
}

/** A sign-in with the first factor, and what the app shows. */
async function signInWithApp(server: AccountsServer, email: string, code: () => string): Promise<Bearer> {
  const begun = await server.enter(email, await server.codeFor(email))
  const kept = begun.headers.getSetCookie().filter((cookie) => !/max-age=0/i.test(cookie))
  const Cookie = kept.map((cookie) => cookie.split(';')[0]).join('; ')
  const headers = { Cookie, Origin: server.home }
  const whole = await server.post('two-factor/verify-totp', { code: code() }, headers)
  return { Authorization: `Bearer ${whole.json().token}` }
}

test('[TOTP9] an administrator requires it, who has come with two factors: with one they are led to set it up', async () => {
  await using server = await start()
  const root = await server.signIn('root@example.com')
  const ann = await setUpApp(server, await server.signIn('ann@example.com'))
  const demand = async (bearer: Bearer, rule = 'everybody') => {
    const answer = await server.ask(settings, {
      method: 'PATCH',
      body: { secondFactor: rule },
      headers: bearer,
    })
    return answer.status === 200 ? answer.json().secondFactor : [answer.status, answer.json().code]
  }
  expect(await demand(root.bearer)).toEqual(needed)
  expect(await demand(ann.bearer)).toEqual([403, 'forbidden'])
  expect(await demand(root.bearer, 'some')).toEqual([400, 'invalid'])
  expect((await root.as(settings)).json().secondFactor).toBe('optional')
  const { bearer } = await setUpApp(server, root)
  expect(await demand(bearer)).toBe('everybody')
  expect(await answerTo(server, bearer)).toBe(200)
  const [kept] = (await server.ask('/api/v1/admin/audit?action=settings.changed', { headers: bearer })).json()
    .items
  expect(kept).toMatchObject({ actorId: root.id, detail: { secondFactor: 'everybody' } })
})

test('[TOTP10] where it is required, who came with one factor sets one up and does nothing else until then', async () => {
  await using world = await startWith('everybody')
  const { server, ann, demand } = world
  for (const path of ['/api/v1/users', '/api/v1/me', '/api/v1/me/sessions', '/api/v1/me/export/state'])
    expect(await answerTo(server, ann.bearer, path)).toEqual(needed)
  expect((await ann.as('/api/v1/me', { method: 'DELETE' })).status).toBe(403)
  const refused = await server.post('change-password', { currentPassword: 'x', newPassword: 'y' }, ann.bearer)
  expect([refused.status, refused.json().code]).toEqual([403, 'SECOND_FACTOR_NEEDED'])
  const jwt = (await ann.as('/api/auth/token')).json().token
  expect(await answerTo(server, { Authorization: `Bearer ${jwt}` })).toEqual(needed)

  const own = await setUpApp(server, ann)
  expect(await answerTo(server, own.bearer)).toBe(200)
  const again = await signInWithApp(server, 'ann@example.com', own.code)
  expect(await answerTo(server, again)).toBe(200)
  const bob = await server.signIn('bob@example.com')
  expect(await answerTo(server, bob.bearer)).toEqual(needed)
  await demand('optional')
  expect(await answerTo(server, bob.bearer)).toBe(200)
})

test('[TOTP10] or of administrators alone, from when somebody is one', async () => {
  await using world = await startWith('administrators')
  const { server, root, ann } = world
  expect(await answerTo(server, ann.bearer)).toBe(200)
  const role = (serverRole: string) =>
    server.ask(`/api/v1/admin/accounts/${ann.id}`, {
      method: 'PATCH',
      body: { serverRole },
      headers: root.bearer,
    })
  expect((await role('admin')).status).toBe(200)
  expect(await answerTo(server, ann.bearer)).toEqual(needed)
  expect(await answerTo(server, ann.bearer, settings)).toEqual(needed)
  expect((await role('member')).status).toBe(200)
  expect(await answerTo(server, ann.bearer)).toBe(200)
})

test('[TOTP11] a passkey is both factors; who has one sets up no other with the first alone', async () => {
  await using world = await startWith('optional')
  const { server, ann, demand } = world
  const key = softPasskey({ origin: server.home })
  expect((await register(server, ann.bearer, key)).status).toBe(200)
  await demand('everybody')
  expect(await answerTo(server, ann.bearer)).toEqual(needed)
  const stolen = await server.signIn('ann@example.com')
  const enable = async (bearer: Bearer) => {
    const answer = await server.post('two-factor/enable', {}, bearer)
    return answer.status === 200 ? 200 : [answer.status, answer.json().code]
  }
  expect(await enable(stolen.bearer)).toEqual([403, 'SECOND_FACTOR_NEEDED'])
  const other = softPasskey({ origin: server.home })
  const options = await stolen.as('/api/auth/passkey/generate-register-options')
  expect([options.status, options.json().code]).toEqual([403, 'SECOND_FACTOR_NEEDED'])

  const whole = await signInByPasskey(server, key)
  const bearer = { Authorization: `Bearer ${whole.json().session.token}` }
  expect(await answerTo(server, bearer)).toBe(200)
  expect((await register(server, bearer, other)).status).toBe(200)
  expect(await enable(bearer)).toBe(200)
  // Where passkeys are no way in, they are no factor that could be shown.
  const shut = { method: 'PATCH', body: { signIn: ['code'] }, headers: world.root.bearer }
  expect((await server.ask(settings, shut)).status).toBe(200)
  expect(await enable(stolen.bearer)).toBe(200)
})

test('[TOTP12] who turns theirs off, or has it taken away as lost, is led to set up another', async () => {
  await using world = await startWith('everybody')
  const { server, root, ann } = world
  const first = await setUpApp(server, ann)
  const off = await server.post('two-factor/disable', {}, first.bearer)
  const begun = { Authorization: `Bearer ${off.headers.get('set-auth-token')}` }
  expect(await answerTo(server, begun)).toEqual(needed)
  const second = await setUpApp(server, { bearer: begun })
  const key = softPasskey({ origin: server.home })
  expect((await register(server, second.bearer, key)).status).toBe(200)
  const byKey = await signInByPasskey(server, key)
  const bearers = [second.bearer, { Authorization: `Bearer ${byKey.json().session.token}` }]
  for (const bearer of bearers) expect(await answerTo(server, bearer)).toBe(200)

  const path = `/api/v1/admin/accounts/${ann.id}/second-factor`
  expect((await server.ask(path, { method: 'DELETE', headers: root.bearer })).status).toBe(200)
  for (const bearer of bearers) expect(await answerTo(server, bearer)).toEqual(needed)
  expect((await signInByPasskey(server, key)).status).toBe(401)
  const anew = await setUpApp(server, await server.signIn('ann@example.com'))
  expect(await answerTo(server, anew.bearer)).toBe(200)
})

test('[TOTP10] a recovery code shows the second factor, and so does a device that was trusted with it', async () => {
  await using world = await startWith('everybody')
  const { server, ann } = world
  const { backupCodes } = await setUpApp(server, ann)
  const cookies = (headers: Headers) =>
    headers
      .getSetCookie()
      .filter((cookie) => !/max-age=0/i.test(cookie))
      .map((cookie) => cookie.split(';')[0])
      .join('; ')
  const enter = async (headers: Bearer = {}) =>
    server.enter('ann@example.com', await server.codeFor('ann@example.com'), { headers })
  const begun = { Cookie: cookies((await enter()).headers), Origin: server.home }
  const body = { code: backupCodes[0], trustDevice: true }
  const recovered = await server.post('two-factor/verify-backup-code', body, begun)
  expect(await answerTo(server, { Authorization: `Bearer ${recovered.json().token}` })).toBe(200)
  const trusted = await enter({ Cookie: cookies(recovered.headers), Origin: server.home })
  expect(await answerTo(server, { Authorization: `Bearer ${trusted.json().token}` })).toBe(200)
})
