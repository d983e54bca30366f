import { afterAll, beforeAll, expect, test } from 'bun:test'
import { exportOf } from './exported.ts'
import { doCall, openSynced, signInPeople, startDirect, startGroup } from './people.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

const send = (as: Person, id: string, text: string) =>
  doCall(server, as, `POST /api/v1/conversations/${id}/messages`, { clientId: crypto.randomUUID(), text })

test('[EXPORT8] it holds everything about its owner, and of others what the owner reads in the conversations', async () => {
  const [ann, bob, cid] = await signInPeople(server, 'ann', 'bob', 'cid')
  await doCall(server, ann, 'PATCH /api/v1/me', { bio: 'Likes ✓', timezone: 'Europe/Zurich' })
  const group = await startGroup(server, bob, [ann, cid])
  const left = await startGroup(server, bob, [ann], 'Left')
  const hidden = await startGroup(server, bob, [cid], 'Hidden')
  const pair = await startDirect(server, ann, cid)
  await send(ann, group.id, 'mine-in-group')
  await send(bob, group.id, 'bobs-in-group')
  await send(ann, left.id, 'mine-elsewhere')
  await send(bob, left.id, 'bobs-elsewhere')
  await send(cid, hidden.id, 'never-hers')
  await send(cid, pair.id, 'cids-in-pair')
  const seq = group.head + 1
  await doCall(server, ann, `PUT /api/v1/conversations/${group.id}/messages/${seq}/reactions/👍`)
  await doCall(server, ann, `PUT /api/v1/conversations/${group.id}/messages/${seq}/pin`)
  await doCall(server, ann, `PATCH /api/v1/conversations/${group.id}/me`, { draft: 'half-said', muted: true })
  await doCall(server, ann, `PUT /api/v1/me/blocks/${bob.id}`)
  const reported = { reason: 'spam', note: 'the third today' }
  await doCall(server, ann, `POST /api/v1/conversations/${group.id}/messages/${seq + 1}/report`, reported)
  await doCall(server, ann, `POST /api/v1/conversations/${left.id}/leave`)

  const files = await exportOf(server, ann)
  const read = (name: string) => JSON.parse(files.get(name) ?? 'null')
  expect([...files.keys()].sort()).toEqual(
    [
      'account.json',
      'blocks.json',
      'consents.json',
      `conversations/${group.id}.json`,
      `conversations/${pair.id}.json`,
      'export.json',
      'invitations.json',
      'mails.json',
      'memberships.json',
      'people.json',
      'pins.json',
      'profile.json',
      'reactions.json',
      'reports.json',
      'security-log.json',
      'sessions.json',
      'written-elsewhere.json',
    ].sort(),
  )
  expect(read('export.json')).toMatchObject({ format: 'confab-export', version: 1, userId: ann.id })
  expect(read('profile.json')).toMatchObject([
    { id: ann.id, bio: 'Likes ✓', timezone: 'Europe/Zurich', suspendedAt: null },
  ])
  expect(read('account.json')).toMatchObject({ email: ann.email, emailConfirmed: true, hasPassword: false })
  expect(read('sessions.json')).toHaveLength(1)
  expect(read('memberships.json')).toMatchObject([
    { conversationId: group.id, draft: 'half-said', muted: true, role: 'member' },
    { conversationId: pair.id, kind: 'direct', draft: null },
  ])
  expect(textsOf(read(`conversations/${group.id}.json`))).toEqual(['mine-in-group', 'bobs-in-group'])
  expect(textsOf(read(`conversations/${pair.id}.json`))).toEqual(['cids-in-pair'])
  expect(textsOf(read('written-elsewhere.json'))).toEqual(['mine-elsewhere'])
  expect(read('reactions.json')).toEqual([{ conversationId: group.id, seq, emoji: '👍' }])
  expect(read('pins.json')).toMatchObject([{ conversationId: group.id, seq, type: 'message.pinned' }])
  expect(read('reports.json')).toMatchObject([
    { ...reported, conversationId: group.id, seq: seq + 1, outcome: null },
  ])
  expect(read('blocks.json')).toMatchObject([{ userId: bob.id }])
  expect(
    read('people.json')
      .map(({ id }: { id: string }) => id)
      .sort(),
  ).toEqual([ann.id, bob.id, cid.id].sort())
  expect(read('mails.json').length).toBeGreaterThan(0)
  expect(read('security-log.json').map(({ action }: { action: string }) => action)).toContain('export.asked')
  const whole = [...files.values()].join('\n')
  for (const others of ['bobs-elsewhere', 'never-hers', bob.email, cid.email, ann.token, 'token'])
    expect(whole).not.toContain(others)
})

const textsOf = (messages: { text: string }[]) => messages.map(({ text }) => text)

test('[EXPORT9] it is read on a thread beside the one that writes, page by page', async () => {
  const [ann] = await signInPeople(server, 'ann')
  const group = await startGroup(server, ann, [])
  // More than two pages.
  for (let at = 0; at < 1_100; at += 100)
    await Promise.all(Array.from({ length: 100 }, (_, n) => send(ann, group.id, `text ${at + n}`)))
  const texts = textsOf(
    JSON.parse((await exportOf(server, ann)).get(`conversations/${group.id}.json`) ?? '[]'),
  )
  expect(new Set(texts).size).toBe(1_100)
  const { body } = await server.call(ann, `GET /api/v1/conversations/${group.id}/messages?limit=100`)
  const latest = textsOf((body as { items: { text: string }[] }).items)
  expect(texts.slice(-100)).toEqual(latest)
})

test('[EXPORT13] each step of it is told by a notice to its owner’s devices, and to nobody else', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const group = await startGroup(server, ann, [bob])
  await send(ann, group.id, 'text')
  await using socket = await openSynced(server, ann)
  await using others = await openSynced(server, bob)
  await doCall(server, ann, 'POST /api/v1/me/export')
  expect(await socket.next('notice')).toEqual({
    code: 'export',
    status: 'running',
    progress: expect.any(Number),
  })
  await socket.next('notice', ({ status, progress }) => status === 'ready' && progress === 1)
  expect((await exportOf(server, ann)).size).toBeGreaterThan(0)
  expect(others.pushes.map(({ method }) => method)).not.toContain('notice')
})
