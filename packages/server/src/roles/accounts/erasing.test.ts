import { expect, test } from 'bun:test'
import { startAccounts as start } from '../../../test/accounts-server.ts'

const minuteMs = 60_000
const path = '/api/v1/me'

test('[ERASE2] who signed in long ago confirms by a code from the mail, which then is spent', async () => {
  await using server = await start()
  const ann = await server.signIn('ann@example.com')
  server.advance(11 * minuteMs)
  const erase = (body?: object) => ann.as(path, { method: 'DELETE', ...(body && { body }) })
  expect((await erase()).json()).toMatchObject({ status: 403, code: 'forbidden' })
  const code = await server.codeFor('ann@example.com')
  const wrong = code === '000000' ? '000001' : '000000'
  expect((await erase({ code: wrong })).json()).toMatchObject({ status: 403, code: 'forbidden' })
  expect((await erase({ password: code })).status).toBe(403)
  expect((await ann.as(path)).status).toBe(200)
  expect((await erase({ code })).status).toBe(204)
  expect((await ann.as(path)).status).toBe(401)
  expect((await server.enter('ann@example.com', code)).status).toBe(400)
})

test('[ERASE2] or by the password; five wrong ones lock for that network alone, and the owner is told', async () => {
  await using server = await start()
  const password = 'a long enough phrase'
  const root = await server.signIn('root@example.com')
  const before = await server.signIn('ann@example.com')
  await server.resetPassword('ann@example.com', password)
  const ann = await server.signIn('ann@example.com')
  server.advance(11 * minuteMs)
  const erase = (tried: string, address = '203.0.113.7') =>
    ann.as(path, { method: 'DELETE', body: { password: tried }, headers: { 'X-Forwarded-For': address } })
  for (let time = 0; time < 5; time++) expect((await erase('not that one')).status).toBe(403)
  const locked = await erase(password, '203.0.113.8')
  expect([locked.status, locked.json().code]).toEqual([429, 'rate_limited'])
  expect(locked.headers.get('retry-after')).toBe('1800')
  const told = (await root.as('/api/v1/admin/audit?action=sign-in.locked')).json().items
  expect(told).toMatchObject([{ targetId: ann.id, network: '203.0.113.0/24' }])
  const [mail] = await server.mailsTo('ann@example.com')
  expect(mail?.subject).toBe('Sign-in to your Confab account is locked for a while')
  expect((await erase(password, '198.51.100.7')).status).toBe(204)
  expect((await before.as(path)).status).toBe(401)
})

test('[ERASE2] guesses at the password count together, whichever door, and as many at once as one by one', async () => {
  await using server = await start()
  await server.signIn('ann@example.com')
  await server.resetPassword('ann@example.com', 'a long enough phrase')
  const { as } = await server.signIn('ann@example.com')
  const guess = { password: 'not that one', currentPassword: 'not that one', newPassword: 'a phrase of mine' }
  const change = () => as('/api/auth/change-password', { method: 'POST', body: guess })
  const erase = () => as(path, { method: 'DELETE', body: { password: guess.password } })
  const asked = Array.from({ length: 20 }, (_, time) => (time % 2 === 0 ? change() : erase()))
  const refused = (await Promise.all(asked)).filter(({ status }) => status === 429)
  expect(refused).toHaveLength(15)
  expect((await change()).headers.get('retry-after')).toBe('1800')
  server.clock.advance(30 * minuteMs)
  expect((await erase()).status).toBe(403)
})
