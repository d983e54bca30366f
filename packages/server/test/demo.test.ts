import { afterAll, expect, test } from 'bun:test'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SignInOptions } from '@confab/protocol/account-settings'
import type { Conversation } from '@confab/protocol/conversation'
import type { Message } from '@confab/protocol/message'
import { doCall } from './people.ts'
import { runServer, startServer, type TestServer } from './start-server.ts'

const dataDir = await mkdtemp(join(tmpdir(), 'confab-demo-'))
afterAll(() => rm(dataDir, { recursive: true }))

const peopleOf = async (server: TestServer) =>
  ((await server.call(undefined, 'GET /api/v1/sign-in')).body as SignInOptions).demo
const all = async <Item>(items: Promise<unknown>) => ((await items) as { items: Item[] }).items

test('[DEMO1] a demo has people who have talked for days, each of whom one may be by a code from the inbox', async () => {
  await using server = await startServer({ DEMO: 'on' })
  const people = (await peopleOf(server)) ?? []
  expect(people.length).toBeWithin(8, 13)
  const kinds = new Set<string>()
  const days = new Set<string>()
  const seen = { replies: 0, reactions: 0, pins: 0, edits: 0, deletions: 0, mentions: 0, important: 0 }
  for (const { id, email, name } of people) {
    const as = await server.signIn(email)
    expect(as.id).toBe(id)
    const isAdministrator = email === people[0]?.email
    expect(await doCall(server, as, 'GET /api/v1/me')).toMatchObject({
      name,
      serverRole: isAdministrator ? 'admin' : 'member',
    })
    const conversations = await all<Conversation>(doCall(server, as, 'GET /api/v1/conversations?limit=100'))
    expect(conversations.length).toBeGreaterThan(2)
    expect(conversations.filter(({ me }) => (me?.unread ?? 0) > 0).length).toBeGreaterThan(0)
    for (const conversation of conversations) {
      kinds.add(conversation.kind)
      const path = `GET /api/v1/conversations/${conversation.id}/messages?limit=100`
      for (const message of await all<Message>(doCall(server, as, path))) {
        days.add(message.createdAt.slice(0, 10))
        seen.replies += message.replyTo ? 1 : 0
        seen.reactions += message.reactions.length
        seen.pins += message.pinned ? 1 : 0
        seen.edits += message.editedAt ? 1 : 0
        seen.deletions += message.deletedAt ? 1 : 0
        seen.mentions += message.mentions.userIds.length
        seen.important += message.priority ? 1 : 0
      }
    }
  }
  expect([...kinds].sort()).toEqual(['channel', 'direct', 'group'])
  expect(days.size).toBeGreaterThan(4)
  expect(Object.entries(seen).filter(([, count]) => count === 0)).toEqual([])
})

test('[DEMO2] it begins anew at each start, and a second start disturbs none that runs', async () => {
  const demo = { DEMO: 'on', PUBLIC_URL: '' }
  const zip = join(dataDir, 'demo/blobs/exports/one.zip')
  let email = ''
  {
    await using first = await startServer(demo, { dataDir })
    email = (await peopleOf(first))?.[0]?.email ?? ''
    const as = await first.signIn(email)
    await doCall(first, as, 'PATCH /api/v1/me', { name: 'Somebody else' })
    await Bun.write(zip, 'what somebody has fetched')
    const second = await runServer({ ...demo, DATA_DIR: dataDir })
    expect(await Bun.file(zip).exists()).toBe(true)
    expect(second).toMatchObject({ status: 78, errors: expect.stringContaining('another server is running') })
    expect(await doCall(first, as, 'GET /api/v1/me')).toMatchObject({ name: 'Somebody else' })
  }
  await using again = await startServer(demo, { dataDir })
  expect(await Bun.file(zip).exists()).toBe(false)
  const as = await again.signIn(email)
  expect(await doCall(again, as, 'GET /api/v1/me')).toMatchObject({ name: 'Mara Lindqvist' })
})

test('[DEMO2] data beside it is neither read nor changed, and what serves that has no demo', async () => {
  const file = join(dataDir, 'confab.db')
  {
    await using real = await startServer({}, { dataDir })
    const ann = await real.signIn('ann@example.com')
    await doCall(real, ann, 'PATCH /api/v1/me', { name: 'Ann, who is real' })
    expect(await peopleOf(real)).toBeUndefined()
  }
  const before = await readFile(file)
  {
    await using demo = await startServer({ DEMO: 'on' }, { dataDir })
    const as = await demo.signIn((await peopleOf(demo))?.[0]?.email ?? '')
    expect(await all(doCall(demo, as, 'GET /api/v1/users?query=Ann'))).toEqual([])
  }
  expect(before.equals(await readFile(file))).toBe(true)
  expect((await readdir(join(dataDir, 'demo'))).sort()).toContain('confab.db')
})

test('[DEMO3] together with SMTP_URL, or where others can come in, it does not start', async () => {
  for (const wrong of [
    { SMTP_URL: 'smtp://127.0.0.1:1' },
    { HOST: '0.0.0.0' },
    { PUBLIC_URL: 'https://chat.example.org' },
  ]) {
    const { status, errors } = await runServer({ DATA_DIR: dataDir, DEMO: 'on', ...wrong })
    expect([status, errors.trim().split('\n').length]).toEqual([78, 1])
    expect(errors).toStartWith('confab: DEMO must be off ')
  }
})
