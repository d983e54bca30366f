import { afterAll, beforeAll, expect, test } from 'bun:test'
import { doCall, openSynced, signInPeople } from './people.ts'
import { startServer, type TestServer } from './start-server.ts'
import { within } from './within.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server[Symbol.asyncDispose]())

test('[SESS3] [SESS4] the sockets of a device that is ended close within a second, and no others', async () => {
  const [desk] = await signInPeople(server, 'ann')
  const [phone, tablet] = [await server.signIn(desk.email), await server.signIn(desk.email)]
  await using here = await openSynced(server, desk)
  await using onPhone = await openSynced(server, phone)
  await using onTablet = await openSynced(server, tablet)
  const listed = await doCall(server, phone, 'GET /api/v1/me/sessions')
  const { items } = listed as { items: { id: string; current: boolean }[] }
  expect(items).toHaveLength(3)
  await doCall(server, desk, `DELETE /api/v1/me/sessions/${items.find(({ current }) => current)?.id}`)
  expect(await within(onPhone.closed, 'the close', 1_000)).toMatchObject({ code: 4401 })
  expect(await onTablet.call('ping')).toEqual({})
  await doCall(server, desk, 'DELETE /api/v1/me/sessions')
  expect(await within(onTablet.closed, 'the close', 1_000)).toMatchObject({ code: 4401 })
  expect(await here.call('ping')).toEqual({})
})

test('[PASS13] a password that ends the other sessions closes their sockets, and leaves one’s own', async () => {
  const [desk] = await signInPeople(server, 'ann')
  const password = 'correct horse battery staple'
  await doCall(server, desk, 'POST /api/auth/request-password-reset', { email: desk.email })
  const mails = await doCall(server, desk, `GET /api/dev/mail?to=${desk.email}`)
  const { items } = mails as { items: { text: string }[] }
  const token = /token=(\S+)/.exec(items[0]?.text ?? '')?.[1]
  await doCall(server, desk, 'POST /api/auth/reset-password', { newPassword: password, token })
  const [here, there] = [await server.signIn(desk.email), await server.signIn(desk.email)]
  await using stays = await openSynced(server, here)
  await using ends = await openSynced(server, there)
  const change = { currentPassword: password, newPassword: 'a password of today', revokeOtherSessions: true }
  await doCall(server, here, 'POST /api/auth/change-password', change)
  expect(await within(ends.closed, 'the close', 1_000)).toMatchObject({ code: 4401 })
  expect(await stays.call('ping')).toEqual({})
})
