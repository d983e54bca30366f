import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Member } from '@confab/protocol/conversation'
import type { ConversationId } from '@confab/protocol/ids'
import type { PushMethod } from '@confab/protocol/pushes'
import { doCall, oneTo, openSynced, signInPeople, startDirect, startGroup } from './people.ts'
import { openSocket, type RawSocket } from './raw-socket.ts'
import { startServer, type TestServer } from './start-server.ts'
import { within } from './within.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

const send = (socket: RawSocket, conversationId: ConversationId, clientId: string) =>
  socket.call('message.send', { conversationId, clientId, text: `text of ${clientId}` })

/** What a socket was pushed of some kind, in order. */
const pushed = <M extends PushMethod>({ pushes }: RawSocket, method: M) =>
  pushes.filter((push) => push.method === method).map(({ params }) => params)

test('[GW60] a read cursor is told to the others, and to one’s own devices with what is left, within a second', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id, head } = await startDirect(server, ann, bob)
  await using anns = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  await using bobsOther = await openSynced(server, bob)
  for (const number of oneTo(3)) await send(anns, id, `${number}`)
  expect(await bobs.call('read', { conversationId: id, seq: head + 2 })).toEqual({})
  const receipt = {
    conversationId: id,
    userId: bob.id,
    readSeq: head + 2,
    readAt: expect.any(String),
    // What is read is delivered.
    deliveredSeq: head + 2,
    deliveredAt: expect.any(String),
  }
  const isBobs = ({ userId }: { userId: string }) => userId === bob.id
  expect(await within(anns.next('receipt', isBobs), 'the receipt', 1_000)).toEqual(receipt)
  for (const device of [bobs, bobsOther]) {
    const own = await device.next('receipt', ({ mine }) => mine !== undefined)
    expect(own).toEqual({ ...receipt, mine: { unread: 1, mentions: 0, head: head + 3 } })
  }
  const { body } = await server.call(ann, `GET /api/v1/conversations/${id}/messages/${head + 2}`)
  expect(body).toMatchObject({
    readBy: expect.arrayContaining([{ userId: bob.id, readAt: expect.any(String) }]),
  })
})

test('[GW61] a read cursor goes only forward, at most to the head', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id, head } = await startDirect(server, ann, bob)
  await using anns = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  await send(anns, id, '1')
  await send(anns, id, '2')
  const readSeq = async () => {
    const { items } = await bobs.call('conversations', { ids: [id] })
    return items[0]?.me?.readSeq
  }
  await bobs.call('read', { conversationId: id, seq: head + 1 })
  expect(await readSeq()).toBe(head + 1)
  await bobs.call('read', { conversationId: id, seq: 0 })
  expect(await readSeq()).toBe(head + 1)
  await bobs.call('read', { conversationId: id, seq: Number.MAX_SAFE_INTEGER })
  expect(await readSeq()).toBe(head + 2)
  for (const seq of [-1, 1.5, 2 ** 53, '1', null]) {
    expect((await bobs.refusal('read', { conversationId: id, seq })).code).toBe(-32602)
  }
  expect(await readSeq()).toBe(head + 2)
})

test('[GW63] presence is told to who watches and shares a conversation; to strangers one is offline', async () => {
  const [ann, bob, eve] = await signInPeople(server, 'ann', 'bob', 'eve')
  await startDirect(server, ann, bob)
  await using bobs = await openSynced(server, bob)
  await using eves = await openSynced(server, eve)
  const watch = { userIds: [ann.id] }
  const never = { presences: [{ userId: ann.id, status: 'offline' as const, lastSeenAt: null }] }
  expect(await bobs.call('presence.watch', watch)).toEqual(never)
  expect(await eves.call('presence.watch', watch)).toEqual(never)

  const first = await openSynced(server, ann)
  const second = await openSynced(server, ann)
  expect(await bobs.next('presence')).toEqual({ userId: ann.id, status: 'online', lastSeenAt: null })
  await first.call('presence.set', { status: 'busy' })
  expect(await bobs.next('presence')).toMatchObject({ userId: ann.id, status: 'busy' })
  await first.call('presence.set', { status: 'online' })
  expect(await bobs.next('presence')).toMatchObject({ userId: ann.id, status: 'online' })
  // One device less is no change.
  await second[Symbol.asyncDispose]()
  expect(await bobs.call('presence.watch', watch)).toMatchObject({ presences: [{ status: 'online' }] })
  expect(await eves.call('presence.watch', watch)).toEqual(never)
  await first[Symbol.asyncDispose]()
  expect(await bobs.next('presence')).toEqual({
    userId: ann.id,
    status: 'offline',
    lastSeenAt: expect.any(String),
  })
  expect(await eves.call('presence.watch', watch)).toEqual(never)
  expect(pushed(eves, 'presence')).toEqual([])
  expect(pushed(bobs, 'presence')).toHaveLength(4)
})

test('[GW67] away told again to a new connection leaves as it is what was chosen on another', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  await startDirect(server, ann, bob)
  await using anns = await openSynced(server, ann)
  await using others = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  const seen = async () => (await bobs.call('presence.watch', { userIds: [ann.id] })).presences[0]?.status
  for (const [status, shown] of [['invisible', 'offline'] as const, ['busy', 'busy'] as const]) {
    await anns.call('presence.set', { status })
    await others.call('presence.set', { status: 'away', again: true })
    expect(await seen()).toBe(shown)
  }
  await anns.call('presence.set', { status: 'away' })
  expect(await seen()).toBe('away')
})

test('[GW63] who is invisible looks offline and neither types nor receives; who unwatches is told no more', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id } = await startDirect(server, ann, bob)
  await using anns = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  const watch = { userIds: [ann.id] }
  expect(await bobs.call('presence.watch', watch)).toMatchObject({ presences: [{ status: 'online' }] })
  await anns.call('presence.set', { status: 'invisible' })
  // Just as if she had left.
  const gone = { userId: ann.id, status: 'offline', lastSeenAt: expect.any(String) }
  expect(await bobs.next('presence')).toMatchObject(gone)
  await anns.call('typing', { conversationId: id, typing: true })
  await anns.call('delivered', { conversationId: id, seq: 2 })
  const { items } = (await doCall(server, bob, `GET /api/v1/conversations/${id}/members`)) as {
    items: Member[]
  }
  expect(items.find(({ user }) => user.id === ann.id)?.deliveredSeq).toBe(1)
  await bobs.call('presence.unwatch', watch)
  await anns.call('presence.set', { status: 'online' })
  await send(anns, id, 'a')
  await bobs.next('event')
  expect(pushed(bobs, 'typing')).toEqual([])
  expect(pushed(bobs, 'presence')).toHaveLength(1)
  const tooMany = { userIds: oneTo(1_001).map(() => Bun.randomUUIDv7()) }
  expect((await bobs.refusal('presence.watch', tooMany)).data.code).toBe('invalid')
})

test('[GW66] who blocks another is told on all devices; neither sees or writes to the other until it is taken back', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id } = await startDirect(server, ann, bob)
  await using anns = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  const watched = await bobs.call('presence.watch', { userIds: [ann.id] })
  expect(watched.presences).toMatchObject([{ userId: ann.id, status: 'online' }])

  const blocks = `/api/v1/me/blocks/${bob.id}`
  expect((await server.call(ann, `PUT ${blocks}`)).status).toBe(204)
  expect(await anns.next('me')).toMatchObject({ me: { blocks: [bob.id] } })
  expect(await bobs.next('presence')).toEqual({ userId: ann.id, status: 'offline', lastSeenAt: null })
  const refused = await bobs.refusal('message.send', { conversationId: id, clientId: 'a', text: 'a' })
  expect(refused.data?.code).toBe('forbidden')
  const rest = await server.call(ann, `POST /api/v1/conversations/${id}/messages`, {
    clientId: 'b',
    text: 'b',
  })
  expect(rest).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  const looked = await server.call(bob, `GET /api/v1/presence?userIds=${ann.id}`)
  expect(looked.body).toMatchObject({ items: [{ userId: ann.id, status: 'offline' }] })
  await bobs.call('typing', { conversationId: id, typing: true })

  expect((await server.call(ann, `DELETE ${blocks}`)).status).toBe(204)
  expect(await anns.next('me')).toMatchObject({ me: { blocks: [] } })
  expect(await bobs.next('presence')).toMatchObject({ userId: ann.id, status: 'online' })
  await send(bobs, id, 'c')
  await anns.next('event', ({ type }) => type === 'message.created')
  expect(pushed(anns, 'typing')).toEqual([])

  for (const call of ['PUT', 'DELETE']) {
    expect((await server.call(ann, `${call} /api/v1/me/blocks/${ann.id}`)).status).toBe(400)
    expect((await server.call(ann, `${call} /api/v1/me/blocks/${crypto.randomUUID()}`)).status).toBe(404)
    expect((await server.call(undefined, `${call} ${blocks}`)).status).toBe(401)
  }
})

test('[GW63] who comes to share a conversation with someone they watch, or no longer does, is told', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  await using anns = await openSynced(server, ann)
  await using _bobs = await openSynced(server, bob)
  const watched = await anns.call('presence.watch', { userIds: [bob.id] })
  const stranger = { userId: bob.id, status: 'offline' as const, lastSeenAt: null }
  expect(watched.presences).toEqual([stranger])

  const { id } = await startGroup(server, bob, [ann])
  expect(await anns.next('presence')).toEqual({ ...stranger, status: 'online' })
  await doCall(server, bob, `DELETE /api/v1/conversations/${id}/members/${ann.id}`)
  expect(await anns.next('presence')).toEqual(stranger)
  await doCall(server, bob, `PUT /api/v1/conversations/${id}/members/${ann.id}`, {})
  expect(await anns.next('presence')).toEqual({ ...stranger, status: 'online' })
  await doCall(server, bob, `DELETE /api/v1/conversations/${id}`)
  expect(await anns.next('presence')).toEqual(stranger)
})

test('[GW64] what one sets for oneself is pushed to all one’s devices, with a userRev that counts without gaps', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id } = await startGroup(server, ann, [bob])
  await using first = await openSynced(server, ann)
  await using second = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  const before = (await first.call('sync')).userRev
  const path = `PATCH /api/v1/conversations/${id}/me`
  const changes = [
    { draft: 'half a sen' },
    { draft: null },
    { muted: true },
    { pinned: true },
    { notify: 'mentions' },
    { markedUnread: true },
    { hidden: true },
  ]
  const devices = [first, second]
  for (const [index, change] of changes.entries()) {
    await doCall(server, ann, path, change)
    for (const device of devices) {
      const push = await device.next('conversation')
      expect(push).toMatchObject({ userRev: before + index + 1, conversation: { id, me: change } })
    }
  }
  await doCall(server, ann, path, { muted: true })
  await doCall(server, ann, 'PATCH /api/v1/me', {
    name: 'Ann the First',
    settings: { theme: 'dark' },
  })
  for (const device of devices) {
    const { userRev, me } = await device.next('me')
    expect(userRev).toBe(before + changes.length + 1)
    expect(me).toMatchObject({
      id: ann.id,
      name: 'Ann the First',
      email: ann.email,
      settings: { theme: 'dark' },
    })
    expect(pushed(device, 'conversation')).toHaveLength(changes.length)
  }
  expect((await bobs.next('user')).user).toMatchObject({ id: ann.id, name: 'Ann the First' })
  expect(bobs.pushes.map(({ method }) => method)).toEqual(['hello', 'user'])
})

test('[GW65] a changed profile is told to who shares a conversation, once, and to nobody else', async () => {
  const [ann, bob, eve] = await signInPeople(server, 'ann', 'bob', 'eve')
  await startDirect(server, ann, bob)
  await startGroup(server, ann, [bob])
  await using bobs = await openSynced(server, bob)
  await using eves = await openSynced(server, eve)
  await using unsynced = await openSocket(server, { token: bob.token })
  await doCall(server, ann, 'PATCH /api/v1/me', { bio: 'first' })
  await doCall(server, ann, 'PATCH /api/v1/me', { bio: 'second' })
  await bobs.next('user', ({ user }) => user.bio === 'second')
  expect(pushed(bobs, 'user')).toMatchObject([{ user: { bio: 'first' } }, { user: { bio: 'second' } }])
  for (const socket of [eves, unsynced]) {
    await socket.call('ping')
    expect(pushed(socket, 'user')).toEqual([])
  }
})
