import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Conversation, ConversationPermissions } from '@confab/protocol/conversation'
import { defaultPermissions } from '@confab/protocol/permissions'
import { doCall, openSynced, readLog, signInPeople, startDirect, startGroup } from './people.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

const change = (as: Person, id: string, permissions: Partial<ConversationPermissions>) =>
  server.call(as, `PATCH /api/v1/conversations/${id}`, { permissions })

async function meet() {
  const [ann, bob, cat] = await signInPeople(server, 'ann', 'bob', 'cat')
  const group = await startGroup(server, ann, [bob])
  const path = `/api/v1/conversations/${group.id}`
  const post = (as: Person, text: string, clientId: string = crypto.randomUUID()) =>
    server.call(as, `POST ${path}/messages`, { clientId, text })
  return { ann, bob, cat, group, path, post }
}

test('[MAY6] admins change who may do what, everybody is told, and a member may not', async () => {
  const { ann, bob, group, path } = await meet()
  expect(group.permissions).toEqual(defaultPermissions)
  expect((await change(bob, group.id, { pin: 'admins' })).status).toBe(403)
  expect((await change(ann, group.id, { pin: 'admins' })).status).toBe(200)
  const shown = { ...defaultPermissions, pin: 'admins' }
  expect(((await doCall(server, bob, `GET ${path}`)) as Conversation).permissions).toMatchObject(shown)
  expect((await readLog(server, bob, group.id)).at(-1)).toMatchObject({
    type: 'conversation.changed',
    actorId: ann.id,
    data: { permissions: shown },
  })
  expect((await server.call(ann, `PATCH ${path}`, { permissions: { pin: 'owner' } })).status).toBe(400)
  const pair = await startDirect(server, ann, bob)
  expect(pair.permissions).toBeUndefined()
  expect((await change(ann, pair.id, { pin: 'admins' })).status).toBe(409)
})

test('[MAY7] where admins alone post, a member neither sends, forwards nor edits, by no door; a repeat is answered', async () => {
  const { ann, bob, group, path, post } = await meet()
  const first = await post(bob, 'before', 'first')
  const seq = (first.body as { seq: number }).seq
  await change(ann, group.id, { post: 'admins' })
  await using socket = await openSynced(server, bob)
  const over = { conversationId: group.id, clientId: 'other', text: 'after' }
  expect((await post(bob, 'after')).status).toBe(403)
  await expect(socket.call('message.send', over)).rejects.toThrow()
  const forward = { conversationId: group.id, seq }
  const forwarded = { clientId: 'forwarded', forward }
  expect((await server.call(bob, `POST ${path}/messages`, forwarded)).status).toBe(403)
  expect((await server.call(bob, `PATCH ${path}/messages/${seq}`, { text: 'other' })).status).toBe(403)
  expect((await post(bob, 'before', 'first')).status).toBe(200)
  expect((await server.call(bob, `PUT ${path}/messages/${seq}/reactions/👍`)).status).toBe(200)
  expect((await post(ann, 'hear, hear')).status).toBe(201)
  await change(ann, group.id, { post: 'members' })
  expect((await post(bob, 'after')).status).toBe(201)
  await socket.call('message.send', over)
})

test('[MAY7] adding, pinning and @all follow their own permissions', async () => {
  const { ann, bob, cat, group, path, post } = await meet()
  const { seq } = (await post(ann, 'hello')).body as { seq: number }
  const mentionsAll = async () =>
    ((await post(bob, '@all listen')).body as { mentions: { all: boolean } }).mentions.all
  const add = () => server.call(bob, `PUT ${path}/members/${cat.id}`)
  const pin = () => server.call(bob, `PUT ${path}/messages/${seq}/pin`)
  expect(await mentionsAll()).toBe(false)
  await change(ann, group.id, { addMembers: 'admins', pin: 'admins', mentionAll: 'members' })
  expect([(await add()).status, (await pin()).status, await mentionsAll()]).toEqual([403, 403, true])
  await change(ann, group.id, { addMembers: 'members', pin: 'members' })
  expect([(await add()).status, (await pin()).status]).toEqual([204, 200])
})

test('[MAY7] what is taken from members is refused to sends under way: none stands after the change in the log', async () => {
  const { ann, bob, group, post } = await meet()
  const sends = Array.from({ length: 50 }, (_, number) => post(bob, `send ${number}`))
  const changed = change(ann, group.id, { post: 'admins' })
  const answers = (await Promise.all(sends)).map(({ status }) => status)
  expect((await changed).status).toBe(200)
  const log = await readLog(server, ann, group.id)
  const at = log.find(({ type }) => type === 'conversation.changed')?.seq ?? 0
  const sent = log.filter(({ type }) => type === 'message.created')
  expect(sent.filter(({ seq }) => seq > at)).toEqual([])
  expect(answers.filter((status) => status === 201)).toHaveLength(sent.length)
  expect(answers.filter((status) => status !== 201 && status !== 403)).toEqual([])
})

test('[MAY8] who may not post is not told as typing', async () => {
  const { ann, bob, group } = await meet()
  await using anns = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  const typing = { conversationId: group.id, typing: true }
  await change(ann, group.id, { post: 'admins' })
  await bobs.call('typing', typing)
  await change(ann, group.id, { post: 'members' })
  await anns.next('event', ({ seq }) => seq === group.head + 2)
  await bobs.call('typing', typing)
  await anns.next('typing')
  const told = anns.pushes.map(({ method }) => method).filter((method) => method !== 'hello')
  expect(told).toEqual(['event', 'event', 'typing'])
})
