import { afterEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conversationId, userId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import type { Store } from '../../ports/store.ts'
import { openDatabase } from './database.ts'
import { openSqliteStore } from './sqlite-store.ts'

const to = conversationId.parse(Bun.randomUUIDv7())
const sender = userId.parse(Bun.randomUUIDv7())
const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

test('[SQLITE1] what was acknowledged before a SIGKILL is there, once', async () => {
  const file = await fileWithConversation()
  const writer = Bun.spawn([process.execPath, join(import.meta.dir, 'test-writer.ts'), file, to, sender], {
    stdout: 'pipe',
  })
  let output = ''
  for await (const chunk of writer.stdout) {
    output += Buffer.from(chunk).toString()
    if (keysOf(output, 'sent').length >= 200) writer.kill('SIGKILL')
  }
  expect(await writer.exited).not.toBe(0)
  expect(writer.signalCode).toBe('SIGKILL')

  // The same folder opens at once: the killed server has left no lock.
  using database = openDatabase({ file })
  await using store = await openSqliteStore({ database, limits: defaultLimits })
  const acknowledged = keysOf(output, 'sent')
  expect(acknowledged.length).toBeGreaterThanOrEqual(200)
  const seqs = await seqsOf(store, acknowledged)
  expect(seqs).not.toContain(undefined)
  expect(new Set(seqs).size).toBe(acknowledged.length)
  await expectWhole(store)
})

test('[SQLITE4] a disk that fills up rejects the whole batch and loses nothing', async () => {
  const file = await fileWithConversation()
  // No file of the child may grow past 600 KiB: writing on fails, as on a full disk.
  const limited = 'ulimit -f 1200; trap "" XFSZ; exec "$0" "$@"'
  const writer = Bun.spawnSync([
    ...['sh', '-c', limited],
    ...[process.execPath, join(import.meta.dir, 'test-writer.ts'), file, to, sender],
  ])
  expect(writer.exitCode).toBe(0)
  const output = writer.stdout.toString()

  using database = openDatabase({ file })
  await using store = await openSqliteStore({ database, limits: defaultLimits })
  const acknowledged = keysOf(output, 'sent')
  expect(acknowledged.length).toBeGreaterThan(0)
  expect(await seqsOf(store, acknowledged)).not.toContain(undefined)
  const rejected = keysOf(output, 'rejected')
  expect(rejected).toHaveLength(8)
  expect(new Set(await seqsOf(store, rejected))).toEqual(new Set([undefined]))
  await expectWhole(store)
})

test('[SQLITE4] a full database rejects a batch and takes the next one when there is room', async () => {
  using database = openDatabase({ file: ':memory:' })
  await using store = await openSqliteStore({ database, limits: defaultLimits })
  const newUser = (id = userId.parse(Bun.randomUUIDv7())) =>
    store.createUser({ id, name: 'x'.repeat(100), handle: 'x', at: 0 })
  const pages = database.query<{ page_count: number }, []>('PRAGMA page_count').get()?.page_count ?? 0
  database.run(`PRAGMA max_page_count = ${pages + 2}`)
  let added = 0
  const filling = async () => {
    for (;;) {
      await newUser()
      added++
    }
  }
  await expect(filling().catch((error: { code?: string }) => error.code)).resolves.toBe('SQLITE_FULL')
  expect(database.inTransaction).toBe(false)
  database.run('PRAGMA max_page_count = 4294967294')
  await newUser(sender)
  expect((await store.searchUsers({ query: '', limit: 10_000 })).items).toHaveLength(added + 1)
})

async function fileWithConversation(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'confab-durability-'))
  folders.push(folder)
  const file = join(folder, 'confab.db')
  using database = openDatabase({ file })
  await using store = await openSqliteStore({ database, limits: defaultLimits })
  await store.createUser({ id: sender, name: 'Ann', handle: 'ann', at: Date.now() })
  await store.commit([
    {
      write: 'conversation.create',
      conversationId: to,
      actorId: sender,
      at: Date.now(),
      kind: 'group',
      name: 'Group',
      topic: null,
      visibility: 'private',
      memberIds: [],
    },
  ])
  return file
}

const keysOf = (output: string, word: string) =>
  [...output.matchAll(new RegExp(`^${word} (.{32})\n`, 'gm'))].map(([, key]) => key ?? '')

const seqsOf = (store: Store, keys: string[]) =>
  Promise.all(
    keys.map(async (key) => {
      const sent = await store.sent({ conversationId: to, sendKey: Buffer.from(key, 'hex') })
      return sent?.message.seq
    }),
  )

async function expectWhole(store: Store) {
  const { events, head } = await store.events({ conversationId: to, after: 0, limit: 1_000_000 })
  expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, index) => index + 1))
}
