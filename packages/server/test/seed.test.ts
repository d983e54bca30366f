import { afterAll, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Seeded } from '../src/seed/seed.ts'
import { type Person, runServer, startServer } from './start-server.ts'

const folder = await mkdtemp(join(tmpdir(), 'confab-seed-'))
const dataDir = join(folder, 'data')
const out = join(folder, 'seeded.json')
afterAll(() => rm(folder, { recursive: true }))

const words = ['seed', '--users', '20', '--conversations', '8', '--members', '5', '--messages', '80']
const first = await runServer({ DATA_DIR: dataDir }, [...words, '--out', out])

test('[SEED4] the server serves what was seeded', async () => {
  expect(first).toEqual({ status: 0, errors: '', said: '20 people in 8 conversations\n' })
  const { users, conversations }: Seeded = await Bun.file(out).json()
  await using server = await startServer({}, { dataDir })

  for (const { id, head, members } of conversations) {
    const user = users[members[0] ?? -1]
    const as: Person = { id: user?.id ?? ('' as Person['id']), email: '', token: user?.token ?? '' }
    const answer = await server.call(as, `GET /api/v1/conversations/${id}/messages?limit=100`)
    const { items } = answer.body as { items: { senderId: string }[] }
    expect(answer.body).toMatchObject({ head })
    expect(items).toHaveLength(10)
    const senders = new Set(items.map(({ senderId }) => senderId))
    expect(senders).toEqual(new Set(members.map((member) => users[member]?.id ?? '')))
  }
})

test('[SEED6] a public channel of many, in which only the first ones have sent', async () => {
  const dataDir = join(folder, 'channel')
  const size = [
    '--users',
    '10',
    '--conversations',
    '0',
    '--channel',
    '8',
    '--messages',
    '7',
    '--senders',
    '3',
  ]
  const filled = await runServer({ DATA_DIR: dataDir }, ['seed', ...size, '--out', out])
  expect(filled).toMatchObject({ status: 0, said: '10 people in 1 conversations\n' })
  const { users, conversations }: Seeded = await Bun.file(out).json()
  await using server = await startServer({}, { dataDir })

  const [channel] = conversations
  const as = (index: number): Person => {
    const { id, token } = users[index] ?? { id: '' as Person['id'], token: '' }
    return { id, token, email: '' }
  }
  const me = async (index: number) => {
    const { body } = await server.call(as(index), `GET /api/v1/conversations/${channel?.id}`)
    return (body as { me: { unread: number } | null }).me?.unread
  }
  expect(channel).toMatchObject({ head: 15, members: [0, 1, 2, 3, 4, 5, 6, 7] })
  expect(await Promise.all(users.map((_, index) => me(index)))).toEqual([
    0,
    2,
    1,
    7,
    7,
    7,
    7,
    7,
    undefined,
    undefined,
  ])
})

test('[SEED5] a folder with people in it is left as it is', async () => {
  const again = await runServer({ DATA_DIR: dataDir }, words)
  expect(again.status).toBe(65)
  expect(again.errors).toBe('confab: the data folder is not empty: seed fills new ones alone\n')
})

test('[SEED5] wrong words end with the usage', async () => {
  const wrong = await runServer({ DATA_DIR: join(folder, 'none') }, ['seed', '--users', 'many'])
  expect(wrong.status).toBe(64)
  expect(wrong.errors).toContain('--users must be a whole number from 1, not "many"')
  expect(wrong.errors).toContain('usage: seed')
  const nobody = ['seed', '--users', '5', '--members', '5', '--channel', '6']
  expect(await runServer({ DATA_DIR: join(folder, 'none') }, nobody)).toMatchObject({ status: 64 })
})
