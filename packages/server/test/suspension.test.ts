import { expect, test } from 'bun:test'
import { closeCode } from '@confab/protocol/close-codes'
import { doCall, openSynced, signInPeople, startGroup } from './people.ts'
import { openSocket } from './raw-socket.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'
import { openStream } from './stream.ts'
import { within } from './within.ts'

const path = ({ id }: Person) => `/api/v1/admin/accounts/${id}/suspension`
const suspend = (server: TestServer, by: Person, person: Person) =>
  doCall(server, by, `PUT ${path(person)}`, { reason: 'spam' })

test('[SUSP1] a suspended person’s sockets and streams close at once, their tickets open nothing, and they are offline', async () => {
  await using server = await startServer({ RATE_LIMITS: 'off' })
  const root = await server.signIn('root@example.com')
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  await startGroup(server, ann, [bob])
  await using anns = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  await using stream = await openStream(server, ann)
  const { ticket } = (await doCall(server, ann, 'POST /api/v1/ws/ticket')) as { ticket: string }
  await doCall(server, ann, 'PUT /api/v1/presence', { status: 'online' })
  const { presences } = await bobs.call('presence.watch', { userIds: [ann.id] })
  expect(presences[0]?.status).toBe('online')

  await suspend(server, root, ann)
  expect((await within(anns.closed, 'the close')).code).toBe(closeCode.signedOut)
  expect(await within(stream.closed, 'the end of the stream')).toMatchObject({ code: closeCode.signedOut })
  const told = await bobs.next('presence', ({ userId, status }) => userId === ann.id && status === 'offline')
  expect(told.userId).toBe(ann.id)
  const late = await openSocket(server, { ticket })
  expect((await within(late.closed, 'the close')).code).toBe(closeCode.signedOut)
  await bobs.call('ping')
  expect((await server.call(ann, 'GET /api/v1/me')).status).toBe(401)
})

test('[SUSP1] what is said once the suspension is answered reaches neither a socket nor a stream of theirs', async () => {
  await using server = await startServer({ RATE_LIMITS: 'off' })
  const root = await server.signIn('root@example.com')
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id } = await startGroup(server, ann, [bob])
  await using anns = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  await using stream = await openStream(server, ann)
  await stream.call('sync')
  const say = (text: string) =>
    doCall(server, bob, `POST /api/v1/conversations/${id}/messages`, { clientId: crypto.randomUUID(), text })
  const heard = (frames: readonly unknown[]) =>
    ['said before', 'said after'].filter((text) => JSON.stringify(frames).includes(text))

  await say('said before')
  await Promise.all([anns.next('event'), stream.next('event')])
  await suspend(server, root, ann)
  await say('said after')
  await within(Promise.all([anns.closed, stream.closed]), 'the close')
  await bobs.next('event', ({ seq }) => seq === 4)
  expect([anns.pushes, stream.frames, bobs.pushes].map(heard)).toEqual([
    ['said before'],
    ['said before'],
    ['said before', 'said after'],
  ])
})

test('[ADMIN4] somebody is signed out everywhere, once, and may sign in again; who is no administrator signs out nobody', async () => {
  await using server = await startServer({ RATE_LIMITS: 'off' })
  const root = await server.signIn('root@example.com')
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const phone = await server.signIn(ann.email)
  const { token: jwt } = (await doCall(server, ann, 'GET /api/auth/token')) as { token: string }
  await using anns = await openSynced(server, ann)
  await using phones = await openSynced(server, phone)
  await using bobs = await openSynced(server, bob)
  await using stream = await openStream(server, ann)
  const signOut = (by: Person) => server.call(by, `DELETE /api/v1/admin/accounts/${ann.id}/sessions`)

  expect((await signOut(bob)).status).toBe(403)
  await anns.call('ping')
  expect((await signOut(root)).status).toBe(204)
  for (const open of [anns, phones, stream])
    expect(await within<unknown>(open.closed, 'the close')).toMatchObject({ code: closeCode.signedOut })
  for (const one of [ann, phone, { ...ann, token: jwt }])
    expect((await server.call(one, 'GET /api/v1/me')).status).toBe(401)
  await bobs.call('ping')
  expect((await server.signIn(ann.email)).id).toBe(ann.id)
  const told = (await doCall(server, root, 'GET /api/v1/admin/audit?action=sessions.ended')) as {
    items: { actorId: string; targetId: string }[]
  }
  expect(told.items.map(({ actorId, targetId }) => [actorId, targetId])).toEqual([[root.id, ann.id]])
  const nobody = '01900000-0000-7000-8000-00000000000a'
  expect((await server.call(root, `DELETE /api/v1/admin/accounts/${nobody}/sessions`)).status).toBe(404)
})

test('[SUSP3] [SUSP4] a suspended member’s messages stay; reinstated they write on', async () => {
  await using server = await startServer({ RATE_LIMITS: 'off' })
  const root = await server.signIn('root@example.com')
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const group = await startGroup(server, ann, [bob])
  const messages = `/api/v1/conversations/${group.id}/messages`
  const say = (text: string, as = ann) =>
    server.call(as, `POST ${messages}`, { clientId: crypto.randomUUID(), text })
  await say('before')
  await suspend(server, root, ann)
  expect((await say('meanwhile')).status).toBe(401)
  await doCall(server, root, `DELETE ${path(ann)}`)
  const again = await server.signIn(ann.email)
  expect((await say('after', again)).status).toBe(201)
  const { items } = (await doCall(server, bob, `GET ${messages}`)) as { items: { text: string }[] }
  expect(items.map(({ text }) => text)).toEqual(['before', 'after'])
})
