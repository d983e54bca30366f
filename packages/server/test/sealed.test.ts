import { expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDataFolder } from './data-folder.ts'
import { exportOf } from './exported.ts'
import { doCall, signInPeople, startGroup } from './people.ts'
import { runServer, startServer, type TestServer } from './start-server.ts'

const keyWord = (id: string) => `${id}:${randomBytes(32).toString('base64')}`
const [one, two] = [keyWord('one'), keyWord('two')]
const base = { RATE_LIMITS: 'off' }

/** In which files of a folder, as they lie there, a text stands. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = all.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
  const held = await Promise.all(files.map(async (file) => (await readFile(file)).includes(text)))
  return files.filter((_, index) => held[index])
}

/** A name in a zip isn't compressed. */
const nameInZip = 'written-elsewhere.json'
const words = ['first-0c8a', 'edited-51bd', 'draft-77fe', 'noted-3e40', 'settled-b7d2']

async function sayAndCheck(server: TestServer) {
  // The first account is the administrator's.
  const root = await server.signIn('root@example.com')
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id } = await startGroup(server, ann, [bob], 'name-in-the-clear')
  const messages = `/api/v1/conversations/${id}/messages`
  const first = { clientId: crypto.randomUUID(), text: 'first-0c8a' }
  await doCall(server, ann, `POST ${messages}`, first)
  await doCall(server, ann, `POST ${messages}`, { clientId: crypto.randomUUID(), text: 'before-9a11' })
  await doCall(server, ann, `PATCH ${messages}/4`, { text: 'edited-51bd' })
  await doCall(server, ann, `PATCH /api/v1/conversations/${id}/me`, { draft: 'draft-77fe' })
  const about = { reason: 'other', note: 'noted-3e40' }
  const report = (await doCall(server, bob, `POST ${messages}/3/report`, about)) as { id: string }
  const settlement = { outcome: 'dismissed', note: 'settled-b7d2' }
  await doCall(server, root, `POST /api/v1/admin/reports/${report.id}/settle`, settlement)
  expect([...(await exportOf(server, ann)).keys()]).toContain(nameInZip)
  return { root, ann, bob, id, messages, first, report }
}

/** What the member reads, and a repeat under its `clientId`. */
async function look(
  server: TestServer,
  { root, ann, bob, id, messages, first, report }: Awaited<ReturnType<typeof sayAndCheck>>,
) {
  const { items } = (await doCall(server, ann, `GET ${messages}`)) as { items: { text: string }[] }
  expect(items.map(({ text }) => text)).toEqual(['first-0c8a', 'edited-51bd'])
  expect(await doCall(server, ann, `GET /api/v1/conversations/${id}`)).toMatchObject({
    me: { draft: 'draft-77fe' },
  })
  expect(await doCall(server, root, `GET /api/v1/admin/reports/${report.id}`)).toMatchObject({
    note: 'noted-3e40',
    settlement: { note: 'settled-b7d2' },
  })
  expect(String((await exportOf(server, bob)).get('reports.json'))).toContain('noted-3e40')
  expect(await server.call(ann, `POST ${messages}`, first)).toMatchObject({ status: 200, body: { seq: 3 } })
  expect(await server.call(ann, `POST ${messages}`, { ...first, text: 'other' })).toMatchObject({
    status: 409,
    body: { code: 'client_id_reused' },
  })
  expect([...(await exportOf(server, ann)).keys()]).toContain(nameInZip)
}

const left = async (dataDir: string) => {
  const texts = [...words, nameInZip]
  const held = await Promise.all(texts.map(async (text) => (await filesWith(dataDir, text)).length > 0))
  return texts.filter((_, index) => held[index])
}

test('[ATREST1] [ATREST6] [ATREST7] nothing that was said is in any file, and keys are exchanged and taken away', async () => {
  await using folder = await openDataFolder()
  const { dataDir } = folder
  const start = (ENCRYPTION_KEYS: string) => startServer({ ...base, ENCRYPTION_KEYS }, { dataDir })
  const reseal = (ENCRYPTION_KEYS: string, ...more: string[]) =>
    runServer({ DATA_DIR: dataDir, ENCRYPTION_KEYS }, ['reseal', ...more])

  // In the clear, to begin with.
  let server = await start('')
  const by = await sayAndCheck(server)
  expect(await left(dataDir)).toEqual([...words, nameInZip])
  await server.stop()

  server = await start(one)
  await look(server, by)
  await server.stop()
  expect(await reseal(one)).toMatchObject({ status: 0, said: '5 texts and 1 files written anew.\n' })
  expect(await left(dataDir)).toEqual([])
  expect(await filesWith(dataDir, 'name-in-the-clear')).toHaveLength(1)
  server = await start(one)
  await look(server, by)
  // As it lies there, log of writes and all.
  expect(await left(dataDir)).toEqual([])
  await server.stop()

  const { status, errors } = await runServer({ ...base, DATA_DIR: dataDir, ENCRYPTION_KEYS: two })
  const lacks = "confab: ENCRYPTION_KEYS lacks the key one, without which 5 texts can't be read\n"
  expect([status, errors]).toEqual([78, lacks])
  expect(await reseal(`${two},${one}`)).toMatchObject({
    status: 0,
    said: '5 texts and 2 files written anew.\nThe key one seals nothing any more: it may be dropped.\n',
  })
  server = await start(two)
  await look(server, by)
  await server.stop()

  expect(await reseal(two, 'clear')).toMatchObject({
    status: 0,
    said: '5 texts and 2 files written anew.\nThe key two seals nothing any more: it may be dropped.\n',
  })
  server = await start('')
  await look(server, by)
  await server.stop()
  expect(await reseal('')).toMatchObject({
    status: 78,
    errors: 'confab: ENCRYPTION_KEYS must hold the keys: none is set\n',
  })
  // Ten programs, one after the other.
}, 60_000)

test('[ATREST8] with keys, who is erased leaves nothing, and others read on', async () => {
  await using server = await startServer({ ...base, ENCRYPTION_KEYS: one })
  const { ann, bob, messages } = await sayAndCheck(server)
  expect(await readdir(join(server.dataDir, 'blobs/exports'))).toHaveLength(1)
  await doCall(server, ann, 'DELETE /api/v1/me')
  expect(await readdir(join(server.dataDir, 'blobs/exports'))).toHaveLength(0)
  expect(await doCall(server, bob, `GET ${messages}`)).toMatchObject({
    items: [{ text: 'first-0c8a' }, { text: 'edited-51bd' }],
  })
})
