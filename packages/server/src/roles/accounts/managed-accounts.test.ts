import { expect, test } from 'bun:test'
import type { Account } from '@confab/protocol/account'
import { type AccountsServer, isoInstant, startAccounts } from '../../../test/accounts-server.ts'

const path = '/api/v1/admin/accounts'

/** The first account is an administrator's. */
async function meet(server: AccountsServer) {
  const root = await server.signIn('root@example.com')
  const ann = await server.signIn('ann@example.com')
  const bob = await server.signIn('bob@example.org')
  const change = (serverRole: string, id: string, by = root) =>
    by.as(`${path}/${id}`, { method: 'PATCH', body: { serverRole } })
  const reinstate = (id: string, by = root) => by.as(`${path}/${id}/suspension`, { method: 'DELETE' })
  return { root, ann, bob, change, reinstate }
}

test('[ADMIN3] administrators list everybody by name, page by page, with what only they see', async () => {
  await using server = await startAccounts()
  const { root, ann, bob } = await meet(server)
  await server.suspend(root, bob.id)
  const first = (await root.as(`${path}?limit=2`)).json()
  const rest = (await root.as(`${path}?limit=2&cursor=${first.next}`)).json()
  expect(rest.next).toBeNull()
  const all: Account[] = [...first.items, ...rest.items]
  expect(all.map(({ email, serverRole, status }) => [email, serverRole, status])).toEqual([
    ['ann@example.com', 'member', 'active'],
    ['bob@example.org', 'member', 'suspended'],
    ['root@example.com', 'admin', 'active'],
  ])
  expect((await root.as(`${path}/${bob.id}`)).json()).toEqual({
    ...(await ann.as(`/api/v1/users/${bob.id}`)).json(),
    email: 'bob@example.org',
    serverRole: 'member',
    status: 'suspended',
    suspension: { reason: 'spam', at: isoInstant, by: root.id },
    secondFactor: false,
    lastSeenAt: null,
  })
})

test('[ADMIN3] they find people by name, handle, the beginning of an address, role and status', async () => {
  await using server = await startAccounts()
  const { root, ann, bob, change } = await meet(server)
  await ann.as('/api/v1/me', { method: 'PATCH', body: { name: 'Zoë Ännchen', handle: 'zoe' } })
  await change('admin', ann.id)
  await server.suspend(root, bob.id)
  const found = async (query: string): Promise<string[]> => {
    const answer = await root.as(`${path}?${query}`)
    expect(answer.status).toBe(200)
    return answer.json().items.map(({ email }: Account) => email)
  }
  for (const query of ['annch', 'zoe', '%40zoe', 'Ann%40EXAMPLE'])
    expect(await found(`query=${query}`)).toEqual(['ann@example.com'])
  expect(await found('query=nn%40example')).toEqual([])
  expect(await found('role=admin')).toEqual(['root@example.com', 'ann@example.com'])
  expect(await found('status=suspended')).toEqual(['bob@example.org'])
  expect(await found('query=bob%40&status=active')).toEqual([])
  const page = (await root.as(`${path}?query=a%40&limit=1`)).json()
  expect(page).toEqual({ items: [], next: null })
})

test('[ADMIN3] a search by address goes on page by page', async () => {
  await using server = await startAccounts()
  const root = await server.signIn('root@example.com')
  for (const number of [1, 2, 3]) await server.signIn(`same@${number}.example.com`)
  const emails: string[] = []
  let cursor = ''
  do {
    const { items, next } = (await root.as(`${path}?query=same%40&limit=2${cursor}`)).json()
    emails.push(...items.map(({ email }: Account) => email))
    cursor = next === null ? '' : `&cursor=${encodeURIComponent(next)}`
  } while (cursor !== '')
  expect(emails).toEqual(['same@1.example.com', 'same@2.example.com', 'same@3.example.com'])
})

test('[ADMIN5] a cursor holds no address and no name, and another list’s or a made-up one is refused', async () => {
  await using server = await startAccounts()
  const root = await server.signIn('root@example.com')
  for (const number of [1, 2, 3]) await server.signIn(`same@${number}.example.com`)
  await root.as('/api/v1/me', { method: 'PATCH', body: { name: 'Aaron' } })
  for (const query of ['query=same%40', '']) {
    const { next } = (await root.as(`${path}?${query}&limit=1`)).json()
    const read = `${next} ${Buffer.from(next, 'base64url').toString('latin1')}`
    expect(['same', 'example', 'Aaron', 'aaron'].filter((word) => read.includes(word))).toEqual([])
    expect((await root.as(`${path}?${query}&limit=1&cursor=${next}`)).status).toBe(200)
    for (const wrong of ['same@1.example.com', `${next.slice(0, -2)}AA`])
      expect((await root.as(`${path}?${query}&cursor=${wrong}`)).json()).toMatchObject({
        status: 400,
        code: 'invalid',
        errors: [{ path: 'cursor' }],
      })
  }
})

test('[ADMIN3] nobody else may look, or change anything', async () => {
  await using server = await startAccounts()
  const { root, ann, bob, change, reinstate } = await meet(server)
  expect((await ann.as(path)).status).toBe(403)
  expect((await ann.as(`${path}/${bob.id}`)).status).toBe(403)
  expect((await change('admin', ann.id, ann)).status).toBe(403)
  expect((await server.suspend(ann, bob.id)).status).toBe(403)
  expect((await reinstate(bob.id, ann)).status).toBe(403)
  expect((await server.ask(path)).status).toBe(401)
  expect((await root.as(`${path}/${bob.id}`)).json()).toMatchObject({ status: 'active' })
  const nobody = '01900000-0000-7000-8000-00000000000a'
  for (const answer of [await change('admin', nobody), await server.suspend(root, nobody)])
    expect(answer.status).toBe(404)
  expect((await server.suspend(root, bob.id, '  ')).status).toBe(400)
})

test('[ADMIN1] who was made an administrator may what one may, until made a member again', async () => {
  await using server = await startAccounts()
  const { root, ann, bob, change } = await meet(server)
  expect((await change('admin', ann.id)).json()).toMatchObject({ id: ann.id, serverRole: 'admin' })
  expect((await ann.as('/api/v1/me')).json().serverRole).toBe('admin')
  expect((await change('member', root.id, ann)).status).toBe(200)
  expect((await change('member', bob.id, root)).status).toBe(403)
  const told = (await ann.as('/api/v1/admin/audit?action=role.changed')).json().items
  expect(
    told.map(({ actorId, targetId, detail }: Record<string, unknown>) => [actorId, targetId, detail]),
  ).toEqual([
    [ann.id, root.id, { role: 'member' }],
    [root.id, ann.id, { role: 'admin' }],
  ])
})

test('[ADMIN2] the last administrator who may come in stays one', async () => {
  await using server = await startAccounts()
  const { root, ann, change, reinstate } = await meet(server)
  expect((await change('member', root.id)).status).toBe(409)
  await change('admin', ann.id)
  expect((await server.suspend(ann, root.id)).status).toBe(200)
  // A suspended administrator is none to count on.
  expect((await change('member', ann.id, ann)).status).toBe(409)
  expect((await reinstate(root.id, ann)).status).toBe(200)
  const both = await Promise.all([change('member', ann.id, ann), change('member', ann.id, ann)])
  expect(both.map(({ status }) => status)).toContain(200)
  const again = await server.signIn('root@example.com')
  expect((await change('member', again.id, again)).status).toBe(409)
})

test('[SUSP1] every session of a suspended account has ended: token, cookie and JWT', async () => {
  await using server = await startAccounts()
  const { root, ann, bob } = await meet(server)
  const other = await server.signIn('ann@example.com')
  const jwt = (await ann.as('/api/auth/token')).json().token
  const byJwt = { headers: { Authorization: `Bearer ${jwt}` } }
  expect((await server.ask('/api/v1/me', byJwt)).status).toBe(200)
  expect((await server.suspend(root, ann.id)).json()).toMatchObject({ status: 'suspended' })
  const ways = [{ headers: ann.bearer }, { headers: ann.cookie }, { headers: other.bearer }, byJwt]
  for (const way of ways) expect((await server.ask('/api/v1/me', way)).status).toBe(401)
  expect((await bob.as('/api/v1/me')).status).toBe(200)
})

test('[SUSP2] a code and a password of a suspended account are answered with the reason; wrong ones, as ever', async () => {
  await using server = await startAccounts()
  const { root, ann, bob } = await meet(server)
  const email = 'ann@example.com'
  const password = 'correct horse battery staple'
  await server.post('request-password-reset', { email })
  const [mail] = await server.mailsTo(email)
  const token = /token=([\w-]+)/.exec(mail?.text ?? '')?.[1]
  expect((await server.post('reset-password', { newPassword: password, token })).status).toBe(200)
  const wrong = async () => {
    const code = await server.enter(email, '000000')
    const { status, text } = await server.post('sign-in/email', { email, password: 'not this one, no' })
    return [code.status, code.text, status, text]
  }
  const before = await wrong()
  await server.suspend(root, ann.id, 'Sent spam to everybody')
  expect(await wrong()).toEqual(before)
  const refusals = [
    await server.enter(email, await server.codeFor(email)),
    await server.post('sign-in/email', { email, password }),
  ]
  for (const refused of refusals) {
    expect([refused.status, refused.json()]).toEqual([
      403,
      { code: 'ACCOUNT_SUSPENDED', message: 'This account is suspended', reason: 'Sent spam to everybody' },
    ])
    expect(refused.headers.get('set-auth-token')).toBeNull()
  }
  expect((await server.enter('bob@example.org', await server.codeFor('bob@example.org'))).status).toBe(200)
  expect(bob.id).not.toBe(ann.id)
})

test('[SUSP4] reinstated, one signs in as who one was; each act is in the audit log once, without the reason', async () => {
  await using server = await startAccounts()
  const { root, ann, reinstate } = await meet(server)
  for (const reason of ['first words', 'second words']) await server.suspend(root, ann.id, reason)
  expect((await root.as(`${path}/${ann.id}`)).json().suspension.reason).toBe('first words')
  for (const again of [1, 2])
    expect([again, (await reinstate(ann.id)).json().status]).toEqual([again, 'active'])
  expect((await server.signIn('ann@example.com')).id).toBe(ann.id)
  const audit = (await root.as(`/api/v1/admin/audit?userId=${ann.id}`)).json().items
  const acts = audit.map(({ action }: { action: string }) => action)
  expect(acts.filter((action: string) => action.startsWith('account.'))).toEqual([
    'account.reinstated',
    'account.suspended',
  ])
  expect(JSON.stringify(audit)).not.toContain('words')
})

test('[SUSP5] an invitation of a suspended administrator is good for nothing until they are reinstated', async () => {
  await using server = await startAccounts({ accounts: { signUp: 'invited' } })
  const root = await server.signIn('root@example.com')
  const invite = async (by: typeof root): Promise<string> =>
    (await by.as('/api/v1/admin/invitations', { method: 'POST', body: {} })).json().token
  const signUp = (email: string, invitation: string) =>
    server.post('sign-up/email', { name: 'New', email, password: 'correct horse battery', invitation })
  const rooted = await invite(root)
  expect((await signUp('ann@example.com', rooted)).status).toBe(200)
  const code = { email: 'eve@example.com', type: 'sign-in', invitation: rooted }
  await server.post('email-otp/send-verification-otp', code)
  const [mail] = await server.mailsTo('eve@example.com')
  const otp = /\b\d{6}\b/.exec(mail?.text ?? '')?.[0]
  const eve = (
    await server.post('sign-in/email-otp', { email: 'eve@example.com', otp, invitation: rooted })
  ).json()
  await root.as(`${path}/${eve.user.id}`, { method: 'PATCH', body: { serverRole: 'admin' } })
  const byEve = await server.ask('/api/v1/admin/invitations', {
    method: 'POST',
    headers: { Authorization: `Bearer ${eve.token}` },
    body: {},
  })
  const { token } = byEve.json()
  await server.suspend(root, eve.user.id)
  expect((await signUp('bob@example.com', token)).status).toBe(403)
  await root.as(`${path}/${eve.user.id}/suspension`, { method: 'DELETE' })
  expect((await signUp('bob@example.com', token)).status).toBe(200)
})
