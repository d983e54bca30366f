import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { ReceivedReport, Report } from '@confab/protocol/report'
import { doCall, openSynced, readLog, signInPeople, startDirect, startGroup } from './people.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'
import { openStream } from './stream.ts'

let server: TestServer
/** The first account is an administrator's. */
let root: Person
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
  root = await server.signIn('root@example.com')
})
afterAll(() => server[Symbol.asyncDispose]())

async function meet() {
  const [ann, bob, eve] = await signInPeople(server, 'ann', 'bob', 'eve')
  const group = await startGroup(server, ann, [bob])
  const messages = `/api/v1/conversations/${group.id}/messages`
  const say = async (text: string, as = bob) => {
    const body = { clientId: crypto.randomUUID(), text }
    return ((await doCall(server, as, `POST ${messages}`, body)) as { seq: number }).seq
  }
  const report = (as: Person, seq: number, body: object = { reason: 'spam' }) =>
    server.call(as, `POST ${messages}/${seq}/report`, body)
  const settle = (as: Person, id: string, body: object) =>
    server.call(as, `POST /api/v1/admin/reports/${id}/settle`, body)
  const received = async (id: string) =>
    (await doCall(server, root, `GET /api/v1/admin/reports/${id}`)) as ReceivedReport
  return { ann, bob, eve, group, messages, say, report, settle, received }
}

test('[REPORT1] who sees a message reports it, once as long as that is open; to others it isn’t there', async () => {
  const { ann, eve, group, say, report } = await meet()
  const seq = await say('buy, buy')
  const first = await report(ann, seq, { reason: 'spam', note: 'the third today' })
  expect(first.status).toBe(201)
  expect(first.body).toMatchObject({ conversationId: group.id, seq, reason: 'spam', note: 'the third today' })
  const again = await report(ann, seq, { reason: 'other' })
  expect([again.status, again.body]).toEqual([200, first.body])
  expect((await report(eve, seq)).status).toBe(404)
  expect((await report(ann, seq + 7)).status).toBe(404)
  expect((await report(ann, seq, { reason: 'dull' })).status).toBe(400)
  expect((await report(ann, seq, { reason: 'spam', note: 'x'.repeat(1_001) })).status).toBe(400)
})

test('[REPORT2] administrators see who reported what, in what kind of conversation, and no more of it', async () => {
  const { ann, bob, eve, say, report, received } = await meet()
  await say('not reported, and secret')
  const seq = await say('buy, buy')
  const made = (await report(ann, seq, { reason: 'spam' })).body as Report
  const one = await received(made.id)
  expect(one).toMatchObject({
    ...made,
    status: 'open',
    settlement: null,
    reporter: { id: ann.id },
    sender: { id: bob.id },
    message: { text: 'buy, buy', senderId: bob.id },
    conversation: { kind: 'group', memberCount: 2 },
  })
  expect(JSON.stringify(one)).not.toContain('secret')
  expect(JSON.stringify(one)).not.toContain('example.com')
  for (const path of ['', `/${made.id}`]) {
    expect((await server.call(eve, `GET /api/v1/admin/reports${path}`)).status).toBe(403)
    expect((await server.call(undefined, `GET /api/v1/admin/reports${path}`)).status).toBe(401)
  }
})

test('[REPORT5] a report shows the message as it stands: nothing of what an edit or a deletion took away', async () => {
  const { ann, bob, messages, say, report, received } = await meet()
  const seq = await say('the first wording')
  const made = (await report(ann, seq)).body as Report
  await doCall(server, bob, `PATCH ${messages}/${seq}`, { text: 'a milder wording' })
  expect((await received(made.id)).message?.text).toBe('a milder wording')
  await doCall(server, bob, `DELETE ${messages}/${seq}`)
  const gone = await received(made.id)
  expect([gone.message?.text, gone.message?.deletedAt === null]).toEqual(['', false])
  expect(JSON.stringify(gone)).not.toContain('wording')
  expect((await report(ann, await deleted())).status).toBe(409)

  async function deleted() {
    const another = await say('gone before it was reported')
    await doCall(server, bob, `DELETE ${messages}/${another}`)
    return another
  }
})

test('[REPORT5] of a conversation that is gone nothing is shown', async () => {
  const { ann, group, say, report, received } = await meet()
  const made = (await report(ann, await say('buy, buy'))).body as Report
  await doCall(server, ann, `DELETE /api/v1/conversations/${group.id}`)
  expect(await received(made.id)).toMatchObject({ message: null, sender: null, conversation: null })
})

test('[REPORT3] reports are listed the latest first, open and settled ones apart', async () => {
  const { ann, say, report, settle } = await meet()
  const made: string[] = []
  for (const text of ['one', 'two', 'three'])
    made.push(((await report(ann, await say(text))).body as Report).id)
  await settle(root, made[1] ?? '', { outcome: 'handled' })
  const listed = async (query: string) => {
    const path = `GET /api/v1/admin/reports?${query}`
    const { items } = (await doCall(server, root, path)) as { items: ReceivedReport[] }
    return items.map(({ id }) => id).filter((id) => made.includes(id))
  }
  expect(await listed('status=open')).toEqual([made[2], made[0]] as string[])
  expect(await listed('status=settled')).toEqual([made[1]] as string[])
  expect(await listed('')).toEqual(made.toReversed())
})

test('[REPORT4] [MOD1] a report is settled once, with all others of its message; `removed` takes the message away', async () => {
  const { ann, bob, group, say, report, settle, received } = await meet()
  const seq = await say('buy, buy')
  const [one, other] = [(await report(ann, seq)).body as Report, (await report(bob, seq)).body as Report]
  await using anns = await openSynced(server, ann)
  expect((await settle(ann, one.id, { outcome: 'removed' })).status).toBe(403)
  const settled = await settle(root, one.id, { outcome: 'removed', note: 'spam indeed' })
  expect(settled.body).toMatchObject({
    status: 'settled',
    settlement: { outcome: 'removed', note: 'spam indeed', by: root.id },
    message: { text: '' },
  })
  const pushed = await anns.next('event', ({ type }) => type === 'message.deleted')
  expect(pushed).toMatchObject({ conversationId: group.id, actorId: root.id, data: { target: seq } })
  expect((await received(other.id)).status).toBe('settled')
  expect((await settle(root, other.id, { outcome: 'dismissed' })).status).toBe(409)
  expect((await settle(root, 'nothing', { outcome: 'dismissed' })).status).toBe(404)
})

test('[MOD1] an administrator deletes any message anywhere, reported or not, and is no member by it', async () => {
  const { ann, bob, eve, group, messages, say } = await meet()
  const pair = await startDirect(server, ann, bob)
  const said = { clientId: 'direct', text: 'between the two of us' }
  const direct = (await doCall(server, ann, `POST /api/v1/conversations/${pair.id}/messages`, said)) as {
    seq: number
  }
  const seq = await say('buy, buy')
  const remove = (as: Person | undefined, id: string, target: number) =>
    server.call(as, `DELETE /api/v1/admin/conversations/${id}/messages/${target}`)
  for (const other of [ann, bob, eve]) expect((await remove(other, group.id, seq)).status).toBe(403)
  const removed = await remove(root, group.id, seq)
  expect(removed.body).toMatchObject({ event: { type: 'message.deleted', actorId: root.id } })
  expect((await remove(root, group.id, seq)).body).toEqual({ event: null })
  expect((await remove(root, pair.id, direct.seq)).status).toBe(200)
  expect((await remove(root, group.id, seq + 9)).status).toBe(404)
  expect((await remove(root, eve.id, 1)).status).toBe(404)
  expect((await server.call(root, `GET ${messages}`)).status).toBe(404)
  const log = await readLog(server, ann, group.id)
  expect(JSON.stringify(log)).not.toContain('buy, buy')
  expect(log.at(-1)).toMatchObject({ type: 'message.deleted', actorId: root.id })
})

test('[MOD2] what administrators do is in the audit log, without a word of what was written', async () => {
  const { ann, group, say, report, settle } = await meet()
  const seq = await say('buy, buy')
  const made = (await report(ann, seq, { reason: 'spam', note: 'my note' })).body as Report
  await settle(root, made.id, { outcome: 'removed', note: 'her note' })
  const path = `GET /api/v1/admin/audit?userId=${root.id}&limit=2`
  const { items } = (await doCall(server, root, path)) as { items: Record<string, unknown>[] }
  const network = '127.0.0.0/24'
  expect(items.map(({ action, targetId, network, detail }) => [action, targetId, network, detail])).toEqual([
    ['report.settled', made.id, network, { outcome: 'removed' }],
    ['message.removed', group.id, network, { seq }],
  ])
  expect(JSON.stringify(items)).not.toMatch(/buy|note/)
})

test('[AUDIT4] that a conversation was deleted is kept, with who did it and from where', async () => {
  const { ann, group } = await meet()
  await doCall(server, ann, `DELETE /api/v1/conversations/${group.id}`)
  const told = await doCall(server, root, `GET /api/v1/admin/audit?userId=${ann.id}&limit=1`)
  const deleted = { action: 'conversation.deleted', actorId: ann.id, targetId: group.id }
  expect(told).toMatchObject({ items: [{ ...deleted, network: '127.0.0.0/24', detail: {} }] })
})

test('[AUDIT13] that an owner or admin deleted another’s message is kept, by whichever door; of one’s own nothing is', async () => {
  const { ann, bob, group, messages, say } = await meet()
  await using socket = await openSynced(server, ann)
  await using stream = await openStream(server, ann)
  const [hers, own] = [await say('hers', ann), await say('his own')]
  const [byRest, bySocket, byStream] = [await say('by REST'), await say('by socket'), await say('by stream')]
  expect((await server.call(bob, `DELETE ${messages}/${hers}`)).status).toBe(403)
  await doCall(server, bob, `DELETE ${messages}/${own}`)
  await doCall(server, ann, `DELETE ${messages}/${hers}`)
  await doCall(server, ann, `DELETE ${messages}/${byRest}`)
  await socket.call('message.delete', { conversationId: group.id, seq: bySocket })
  await stream.call('message.delete', { conversationId: group.id, seq: byStream })
  await doCall(server, ann, `DELETE ${messages}/${byRest}`)

  const told = await doCall(server, root, `GET /api/v1/admin/audit?action=message.removed&userId=${ann.id}`)
  const removed = { action: 'message.removed', actorId: ann.id, targetId: group.id, network: '127.0.0.0/24' }
  expect(told).toMatchObject({
    items: [byStream, bySocket, byRest].map((seq) => ({ ...removed, detail: { seq } })),
  })
  expect(await doCall(server, root, `GET /api/v1/admin/audit?userId=${bob.id}`)).not.toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ action: 'message.removed' })]),
  })
})

test('[AUDIT7] a role given or lost in a conversation is kept, also to a newcomer, a new owner and an heir; joining is not', async () => {
  const { ann, bob, eve, group } = await meet()
  const members = `/api/v1/conversations/${group.id}/members`
  const give = (to: Person, role: string) => doCall(server, ann, `PUT ${members}/${to.id}`, { role })
  await give(bob, 'admin')
  await give(bob, 'admin')
  expect((await server.call(eve, `PUT ${members}/${eve.id}`, { role: 'owner' })).status).toBe(404)
  await give(eve, 'member')
  await doCall(server, ann, `DELETE ${members}/${eve.id}`)
  await give(eve, 'admin')
  await give(bob, 'owner')
  await doCall(server, bob, `DELETE ${members}/${bob.id}`)

  const kept = async (of: Person) => {
    const path = `GET /api/v1/admin/audit?action=role.changed&userId=${of.id}`
    const { items } = (await doCall(server, root, path)) as { items: Record<string, unknown>[] }
    return items.map(({ actorId, targetId, network, detail }) => [actorId, targetId, network, detail])
  }
  const act = (by: Person, whom: Person, from: string | null, to: string | null) => [
    ...[by.id, whom.id, '127.0.0.0/24'],
    { conversationId: group.id, from, to },
  ]
  const toNewcomer = act(ann, eve, null, 'admin')
  const handedOver = [act(ann, ann, 'owner', 'admin'), act(ann, bob, 'admin', 'owner')]
  const [lost, removed] = [act(bob, bob, 'owner', null), act(ann, eve, 'member', null)]
  const toHeir = act(bob, ann, 'admin', 'owner')
  const toAdmin = act(ann, bob, 'member', 'admin')
  expect(await kept(ann)).toEqual([toHeir, ...handedOver, toNewcomer, removed, toAdmin])
  expect(await kept(bob)).toEqual([toHeir, lost, act(ann, bob, 'admin', 'owner'), toAdmin])
  expect(await kept(eve)).toEqual([toNewcomer, removed])
})

test('[REPORT6] an erased person’s words are gone from their reports, and the reports stay', async () => {
  const { ann, say, report, received } = await meet()
  const seq = await say('buy, buy')
  const made = (await report(ann, seq, { reason: 'spam', note: 'I am Ann of Anntown' })).body as Report
  expect((await received(made.id)).note).toBe('I am Ann of Anntown')
  await doCall(server, ann, 'DELETE /api/v1/me')
  expect(await received(made.id)).toMatchObject({
    note: null,
    status: 'open',
    reporter: { name: 'Deleted user' },
  })
})

test('[REPORT7] reports are limited, and a repeat spends nothing', async () => {
  await using limited = await startServer()
  const [ann, bob] = await signInPeople(limited, 'ann', 'bob')
  const group = await startGroup(limited, ann, [bob])
  const path = `/api/v1/conversations/${group.id}/messages`
  const statuses: number[] = []
  for (let number = 0; number < 12; number++) {
    const said = { clientId: `${number}`, text: `buy ${number}` }
    const { seq } = (await doCall(limited, ann, `POST ${path}`, said)) as { seq: number }
    const report = () => limited.call(bob, `POST ${path}/${seq}/report`, { reason: 'spam' })
    statuses.push((await report()).status)
    if (number === 0) expect((await report()).status).toBe(200)
  }
  expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 201))
  expect(statuses).toContain(429)
})
