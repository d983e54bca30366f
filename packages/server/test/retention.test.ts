import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Ask, documentedAsk } from './documented.ts'
import { openSynced, signInPeople, startDirect, startGroup } from './people.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'

let server: TestServer
let ask: Ask
let root: Person
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
  ask = await documentedAsk(server)
  ;[root] = await signInPeople(server, 'root')
})
afterAll(() => server[Symbol.asyncDispose]())

const setServer = (as: Person, days: unknown) => ask(as, 'PUT /api/v1/admin/retention', { days })
const shown = async (as: Person) => (await ask(as, 'GET /api/v1/retention')).body

test('[RETAIN2] an administrator sets it, everybody is told, and it is in the audit log', async () => {
  const [ann] = await signInPeople(server, 'ann')
  expect(await shown(ann)).toEqual({ days: null })
  expect((await setServer(ann, 30)).status).toBe(403)
  for (const wrong of [0, -1, 1.5, 3_651, '30']) expect((await setServer(root, wrong)).status).toBe(400)
  expect(await shown(ann)).toEqual({ days: null })
  expect((await setServer(root, 30)).body).toEqual({ days: 30 })
  expect(await shown(ann)).toEqual({ days: 30 })
  const { body } = await ask(root, 'GET /api/v1/admin/audit?action=settings.changed')
  expect(body).toMatchObject({ items: [{ actorId: root.id, detail: { retentionDays: 30 } }] })
  await setServer(root, null)
})

test('[RETAIN3] an admin sets a conversation’s, never longer than the server’s, and members see it', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id } = await startGroup(server, ann, [bob])
  const pair = await startDirect(server, ann, bob)
  const keep = (as: Person, retentionDays: unknown, conversation = id) =>
    ask(as, `PATCH /api/v1/conversations/${conversation}`, { retentionDays })
  await using socket = await openSynced(server, bob)
  await setServer(root, 30)
  expect((await keep(bob, 7)).status).toBe(403)
  expect((await keep(ann, 7, pair.id)).status).toBe(409)
  expect((await keep(ann, 31)).body).toMatchObject({ code: 'invalid', errors: [{ path: 'retentionDays' }] })
  expect((await keep(ann, 0)).status).toBe(400)
  expect((await keep(ann, 7)).body).toMatchObject({ retentionDays: 7 })
  const pushed = await socket.next('event')
  expect(pushed).toMatchObject({ type: 'conversation.changed', data: { retentionDays: 7 } })
  expect((await ask(bob, `GET /api/v1/conversations/${id}`)).body).toMatchObject({ retentionDays: 7 })
  await setServer(root, null)
  expect((await keep(ann, 365)).body).toMatchObject({ retentionDays: 365 })
  expect((await keep(ann, null)).body).toMatchObject({ retentionDays: null })
})
