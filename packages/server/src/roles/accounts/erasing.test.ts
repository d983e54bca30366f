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

test('[ERASE2] or by the password; five wrong ones lock', async () => {
  await using server = await start()
  const password = 'a long enough phrase'
  await server.post('sign-up/email', { name: 'Ann', email: 'ann@example.com', password })
  const ann = await server.signIn('ann@example.com')
  await server.post('request-password-reset', { email: 'ann@example.com' })
  const [mail] = await server.mailsTo('ann@example.com')
  const token = /token=([\w-]+)/.exec(mail?.text ?? '')?.[1]
  await server.post('reset-password', { newPassword: password, token: String(token) })
  const again = await server.signIn('ann@example.com')
  server.advance(11 * minuteMs)
  const erase = (body: object) => again.as(path, { method: 'DELETE', body })
  for (let time = 0; time < 5; time++) expect((await erase({ password: 'not that one' })).status).toBe(403)
  const locked = await erase({ password })
  expect([locked.status, locked.json().code]).toEqual([429, 'rate_limited'])
  server.advance(31 * minuteMs)
  expect((await erase({ password })).status).toBe(204)
  expect((await ann.as(path)).status).toBe(401)
})
