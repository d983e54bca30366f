import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Conversation } from '@confab/protocol/conversation'
import type { FreshInvitation } from '@confab/protocol/invitation'
import { permissions } from '@confab/protocol/permissions'
import { doCall, readLog, signInPeople, startDirect, startGroup } from './people.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const path = (id: string) => `/api/v1/conversations/${id}/invitations`

const invite = async (by: Person, id: string, body: object = {}) =>
  (await doCall(server, by, `POST ${path(id)}`, body)) as FreshInvitation
const accept = (as: Person, token: string) => server.call(as, 'POST /api/v1/invitations/accept', { token })

test('[INVITE7] who holds a link joins the private group that it leads to, and everybody is told', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const group = await startGroup(server, ann, [], 'The den')
  const { token, url } = await invite(ann, group.id)
  expect(url).toEndWith(`/join#${token}`)
  expect((await server.call(bob, `GET /api/v1/conversations/${group.id}`)).status).toBe(404)
  expect((await server.call(bob, 'POST /api/v1/invitations/look', { token })).body).toEqual({
    conversation: { id: group.id, kind: 'group', name: 'The den', topic: null, memberCount: 1 },
  })
  const joined = await accept(bob, token)
  expect(joined.status).toBe(200)
  expect((joined.body as Conversation).me?.role).toBe('member')
  const log = await readLog(server, ann, group.id)
  expect(log.at(-1)).toMatchObject({ type: 'member.joined', actorId: bob.id, data: { userId: bob.id } })
})

test('[INVITE7] who is a member already spends no use; the last use is one person’s', async () => {
  const [ann, bob, cat] = await signInPeople(server, 'ann', 'bob', 'cat')
  const group = await startGroup(server, ann, [])
  const { token } = await invite(ann, group.id, { uses: 1 })
  expect((await accept(ann, token)).status).toBe(200)
  const both = await Promise.all([accept(bob, token), accept(cat, token)])
  expect(both.map(({ status }) => status).sort()).toEqual([200, 404])
  expect((await server.call(ann, `GET ${path(group.id)}`)).body).toEqual({ items: [], next: null })
})

test('[INVITE4] [INVITE7] a link ends with its conversation, by hand, and with its maker’s role', async () => {
  const [ann, bob, cat] = await signInPeople(server, 'ann', 'bob', 'cat')
  const group = await startGroup(server, ann, [bob])
  await doCall(server, ann, `PUT /api/v1/conversations/${group.id}/members/${bob.id}`, { role: 'admin' })
  const [byBob, byAnn] = [await invite(bob, group.id), await invite(ann, group.id)]
  await doCall(server, ann, `PUT /api/v1/conversations/${group.id}/members/${bob.id}`, { role: 'member' })
  expect((await accept(cat, byBob.token)).status).toBe(404)
  expect((await server.call(ann, `DELETE ${path(group.id)}/${byAnn.id}`)).status).toBe(204)
  expect((await accept(cat, byAnn.token)).status).toBe(404)
  const last = await invite(ann, group.id)
  await doCall(server, ann, `DELETE /api/v1/conversations/${group.id}`)
  expect((await accept(cat, last.token)).status).toBe(404)
})

test('[INVITE8] a link to the installation is none to a conversation, nor the other way round', async () => {
  await using fresh = await startServer({ SIGN_UP: 'invited' })
  const ann = await fresh.signIn('ann@example.com')
  const made = await fresh.call(ann, 'POST /api/v1/admin/invitations', {})
  const { token } = made.body as FreshInvitation
  const look = await fresh.call(ann, 'POST /api/v1/invitations/look', { token })
  expect(look.body).toEqual({ conversation: null })
  expect((await fresh.call(ann, 'POST /api/v1/invitations/accept', { token })).status).toBe(409)
  const group = await startGroup(fresh, ann, [])
  const inner = (await doCall(fresh, ann, `POST ${path(group.id)}`, {})) as FreshInvitation
  const ask = (invitation: string) =>
    fresh.call(undefined, 'POST /api/auth/sign-up/email', {
      ...{ name: 'Bob', email: 'bob@example.com', password: 'correct horse battery staple', invitation },
    })
  expect((await ask(inner.token)).status).toBe(403)
  expect((await ask(token)).status).toBe(200)
})

test('[MAY3] each role may invite as the table says; to a stranger it isn’t there', async () => {
  const [owner, admin, member, stranger] = await signInPeople(server, 'owner', 'admin', 'member', 'stranger')
  const group = await startGroup(server, owner, [admin, member])
  const pair = await startDirect(server, member, owner)
  await doCall(server, owner, `PUT /api/v1/conversations/${group.id}/members/${admin.id}`, { role: 'admin' })
  const words: Record<number, string> = { 201: 'yes', 200: 'yes', 403: 'no', 409: 'never' }
  const answers = async (as: Person, id: string) => {
    const made = await server.call(as, `POST ${path(id)}`, {})
    const listed = await server.call(as, `GET ${path(id)}`)
    expect(words[listed.status]).toBe(words[made.status])
    return words[made.status]
  }
  expect({
    owner: await answers(owner, group.id),
    admin: await answers(admin, group.id),
    member: await answers(member, group.id),
    direct: await answers(member, pair.id),
  }).toEqual({ ...permissions['member.invite'] })
  expect((await server.call(stranger, `POST ${path(group.id)}`, {})).status).toBe(404)
  expect((await server.call(stranger, `GET ${path(group.id)}`)).status).toBe(404)
})
