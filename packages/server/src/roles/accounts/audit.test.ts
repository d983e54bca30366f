import { expect, test } from 'bun:test'
import { startAccounts } from '../../../test/accounts-server.ts'
import { register } from '../../../test/passkey-ceremony.ts'
import { setUpApp } from '../../../test/set-up-app.ts'
import { softPasskey } from '../../../test/soft-passkey.ts'

test('[AUDIT4] sign-ins, failures, lockouts, settings, invitations and erasures are kept, without anybody’s address', async () => {
  await using server = await startAccounts()
  const ann = await server.signIn('ann@example.com')
  const bob = await server.signIn('bob@example.com')
  const from = { headers: { 'X-Forwarded-For': '203.0.113.7' } }
  for (let tried = 0; tried < 5; tried++) await server.enter('bob@example.com', '000000', from)
  await server.enter('nobody@example.com', '000000', from)
  const settings = { method: 'PATCH', body: { signUp: 'closed' } }
  expect((await ann.as('/api/v1/admin/account-settings', settings)).status).toBe(200)
  const body = { uses: 3, expiresInHours: 2 }
  const invited = await ann.as('/api/v1/admin/invitations', { method: 'POST', body })
  const link = invited.json().id
  expect((await ann.as(`/api/v1/admin/invitations/${link}`, { method: 'DELETE' })).status).toBe(204)
  expect((await bob.as('/api/v1/me', { method: 'DELETE', ...from })).status).toBe(204)
  expect((await ann.as('/api/v1/admin/audit/export')).status).toBe(200)

  const { items } = (await ann.as('/api/v1/admin/audit')).json()
  const told = items.map(({ action, actorId, targetId, network }: Record<string, unknown>) => [
    action,
    actorId,
    targetId,
    network,
  ])
  const [here, there] = ['127.0.0.0/24', '203.0.113.0/24']
  const failure = ['sign-in.failed', null, bob.id, there]
  expect(told).toEqual([
    ['audit.exported', ann.id, null, here],
    ['account.erased', bob.id, bob.id, there],
    ['invitation.revoked', ann.id, link, here],
    ['invitation.created', ann.id, link, here],
    ['settings.changed', ann.id, null, here],
    ['sign-in.failed', null, null, there],
    ['sign-in.locked', null, bob.id, there],
    ...[failure, failure, failure, failure, failure],
    ['sign-in', bob.id, null, here],
    ['sign-in', ann.id, null, here],
  ])
  const { expiresAt } = invited.json()
  expect(items[3].detail).toEqual({ conversationId: null, uses: 3, expiresAt })
  expect(expiresAt).toEqual(expect.any(String))
  expect(JSON.stringify(items)).not.toContain('example.com')
})

test('[AUDIT12] a setting that is set to what it is leaves nothing, also where nobody had set it', async () => {
  await using server = await startAccounts()
  const ann = await server.signIn('ann@example.com')
  const none = { terms: null, privacy: null, minimumAge: null }
  const settings = [
    ['PATCH', 'account-settings', {}, { signUp: 'closed' }],
    ['PUT', 'retention', { days: null }, { days: 7 }],
    ['PUT', 'consent-settings', none, { ...none, terms: 'Be kind' }],
  ] as const
  for (const [method, name, asItIs, other] of settings) {
    const set = async (body: object) => (await ann.as(`/api/v1/admin/${name}`, { method, body })).status
    const kept = async () =>
      (await ann.as('/api/v1/admin/audit?action=settings.changed')).json().items.length as number
    const before = await kept()
    expect([name, await set(asItIs), await kept()]).toEqual([name, 200, before])
    expect([name, await set(other)]).toEqual([name, 200])
    for (const kind of (await ann.as('/api/v1/me/consents')).json().missing)
      await ann.as(`/api/v1/me/consents/${kind}`, { method: 'PUT', body: { version: 1 } })
    expect([name, await kept()]).toEqual([name, before + 1])
    expect([name, await set(other), await kept()]).toEqual([name, 200, before + 1])
  }
})

test('[AUDIT14] an action, and a dead job, of a newer version are answered as they are', async () => {
  await using server = await startAccounts()
  const root = await server.signIn('root@example.com')
  const { change } = server.statements
  await change('INSERT INTO audit_log (action, at, detail) VALUES (?1, 1, ?2)', ['later.done', '{"how":1}'])
  await change(
    `INSERT INTO jobs (kind, payload, attempts_max, added_at, due_at, died_at, problem)
      VALUES (?1, ?2, 1, 0, 0, 1, ?3)`,
    ['later', new Uint8Array(40), 'late'],
  )
  const { items } = (await root.as('/api/v1/admin/audit')).json()
  const later = { action: 'later.done', detail: { how: 1 } }
  expect(items).toMatchObject([later, { action: 'sign-in' }])
  const lines = (await root.as('/api/v1/admin/audit/export')).text.trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).action)).toContain('later.done')
  const letters = (await root.as('/api/v1/admin/dead-letters')).json()
  expect(letters.items).toMatchObject([{ kind: 'later', problem: 'late' }])
})

test('[AUDIT8] what its owner changes of that which opens an account is kept, and no refused try', async () => {
  await using server = await startAccounts()
  const root = await server.signIn('root@example.com')
  const email = 'ann@example.com'
  const { id } = await server.signIn(email)
  const [first, second] = ['a password of yesterday', 'a password of today']
  await server.resetPassword(email, first)
  const ann = await server.signIn(email)
  const ask = async (path: string, body: object, headers: Record<string, string> = ann.bearer) =>
    (await server.post(path, body, headers)).status
  const change = { currentPassword: first, newPassword: second }
  expect(await ask('change-password', { ...change, currentPassword: 'not the password' })).toBe(400)
  expect(await ask('change-password', change)).toBe(200)
  const key = softPasskey({ origin: server.home })
  expect((await register(server, ann.bearer, softPasskey({ origin: 'http://localhost:1' }))).status).toBe(400)
  expect((await register(server, ann.bearer, key)).status).toBe(200)
  const listed = await server.ask('/api/auth/passkey/list-user-passkeys', { headers: ann.bearer })
  const [{ id: passkey }] = listed.json()
  expect(await ask('passkey/delete-passkey', { id: 'nobody’s' })).toBe(404)
  expect(await ask('passkey/delete-passkey', { id: passkey })).toBe(200)
  const { bearer, code } = await setUpApp(server, { ...ann, password: second })
  expect(await ask('two-factor/verify-totp', { code: code() }, bearer)).toBe(200)
  const there = { ...bearer, 'X-Forwarded-For': '203.0.113.7' }
  expect(await ask('two-factor/generate-backup-codes', { password: first }, there)).toBe(400)
  expect(await ask('two-factor/generate-backup-codes', { password: second }, there)).toBe(200)
  const off = await server.post('two-factor/disable', { password: second }, bearer)
  const renewed = { Authorization: `Bearer ${off.headers.get('set-auth-token')}` }
  expect([off.status, await ask('two-factor/disable', { password: second }, renewed)]).toEqual([200, 200])

  const { items } = (await root.as(`/api/v1/admin/audit?userId=${id}`)).json()
  const changes = items.filter(({ action }: { action: string }) => !action.startsWith('sign-in'))
  const [here, away] = ['127.0.0.0/24', '203.0.113.0/24']
  expect(
    changes.map(({ id: _, at, ...told }: Record<string, unknown>) => ({ at: typeof at, ...told })),
  ).toEqual(
    [
      ['second-factor.removed', here, {}],
      ['recovery-codes.changed', away, {}],
      ['second-factor.added', here, {}],
      ['passkey.removed', here, {}],
      ['passkey.added', here, {}],
      ['password.changed', here, { by: 'password' }],
      ['password.changed', here, { by: 'link' }],
    ].map(([action, network, detail]) => ({
      ...{ at: 'string', action, actorId: id, targetId: id, network, detail },
    })),
  )
  const one = (await root.as('/api/v1/admin/audit?action=passkey.added')).json()
  expect(one.items).toHaveLength(1)
})

test('[AUDIT10] a changed password is kept also where what follows the change fails', async () => {
  await using server = await startAccounts()
  const root = await server.signIn('root@example.com')
  const email = 'ann@example.com'
  await server.signIn(email)
  const [first, second, third] = ['a password of yesterday', 'a password of today', 'a password of tomorrow']
  await server.resetPassword(email, first)
  const [ann] = [await server.signIn(email), await server.signIn(email)]
  const kept = async () => {
    const { items } = (await root.as('/api/v1/admin/audit?action=password.changed')).json()
    return items.map(({ actorId, detail }: Record<string, unknown>) => [actorId, detail])
  }
  const [byLink, byPassword] = [
    [ann.id, { by: 'link' }],
    [ann.id, { by: 'password' }],
  ]
  expect(await kept()).toEqual([byLink])

  const failing = (when: string, table: string) =>
    server.database.run(`CREATE TRIGGER fails ${when} ON ${table} BEGIN SELECT RAISE(ABORT, 'no'); END`)
  failing('BEFORE DELETE', 'auth_session')
  const change = { currentPassword: first, newPassword: second, revokeOtherSessions: true }
  expect((await server.post('change-password', change, ann.bearer)).status).toBe(500)
  server.database.run('DROP TRIGGER fails')
  expect(await kept()).toEqual([byPassword, byLink])

  await server.post('request-password-reset', { email })
  const [newest] = await server.mailsTo(email)
  const token = /token=([\w-]+)/.exec(newest?.text ?? '')?.[1]
  failing('BEFORE UPDATE', 'auth_user')
  expect((await server.post('reset-password', { newPassword: third, token })).status).toBe(500)
  server.database.run('DROP TRIGGER fails')
  expect(await kept()).toEqual([byLink, byPassword, byLink])
})

test('[AUDIT5] administrators alone read it, filtered and as a file', async () => {
  await using server = await startAccounts()
  const ann = await server.signIn('ann@example.com')
  const bob = await server.signIn('bob@example.com')
  for (const path of ['/api/v1/admin/audit', '/api/v1/admin/audit/export']) {
    expect((await bob.as(path)).status).toBe(403)
    expect((await server.ask(path)).status).toBe(401)
    expect((await ann.as(`${path}?action=guess`)).status).toBe(400)
    expect((await ann.as(`${path}?userId=${bob.id}`)).status).toBe(200)
  }
  const lines = (await ann.as(`/api/v1/admin/audit/export?action=sign-in`)).text.trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).actorId)).toEqual([bob.id, ann.id])
  const { items, next } = (await ann.as('/api/v1/admin/audit?action=sign-in&limit=1')).json()
  expect(items.map(({ actorId }: { actorId: string }) => actorId)).toEqual([bob.id])
  const rest = (await ann.as(`/api/v1/admin/audit?action=sign-in&limit=1&cursor=${next}`)).json()
  expect(rest.items.map(({ actorId }: { actorId: string }) => actorId)).toEqual([ann.id])
  expect((await ann.as('/api/v1/admin/audit?cursor=x')).status).toBe(400)
})

test('[AUDIT6] who guesses all day fills no log', async () => {
  await using server = await startAccounts()
  const ann = await server.signIn('ann@example.com')
  for (let tried = 0; tried < 30; tried++) await server.enter(`x${tried}@example.com`, '000000')
  const { items } = (await ann.as('/api/v1/admin/audit?action=sign-in.failed&limit=100')).json()
  expect(items).toHaveLength(20)
})

test('[AUTH25] the owner of an account that was locked is told by mail, once; who has none gets none', async () => {
  await using server = await startAccounts()
  await server.signIn('ann@example.com')
  const from = { headers: { 'X-Forwarded-For': '203.0.113.7' } }
  for (const email of ['ann@example.com', 'nobody@example.com'])
    for (let tried = 0; tried < 7; tried++) await server.enter(email, '000000', from)
  const subjects = async (email: string) => (await server.mailsTo(email)).map(({ subject }) => subject)
  const locked = 'Sign-in to your Confab account is locked for a while'
  expect((await subjects('ann@example.com')).filter((subject) => subject === locked)).toHaveLength(1)
  expect((await server.mailsTo('ann@example.com'))[0]?.text).toContain('203.0.113.0/24')
  expect(await subjects('nobody@example.com')).toEqual([])
})
