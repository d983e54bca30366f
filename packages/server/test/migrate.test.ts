import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConversationId } from '@confab/protocol/ids'
import { SQL } from 'bun'
import { parseConfig } from '../src/config.ts'
import { createTestDatabase, testPostgresUrl } from '../src/drivers/sql/postgres/test-database.ts'
import { migrateInstallation } from '../src/engines/migrate-installation.ts'
import { openMovedSide } from '../src/engines/open-moved-side.ts'
import { openDataFolder } from './data-folder.ts'
import { everyRow } from './every-table.ts'
import { doCall, personal, readLog, signInPeople, startChannel, startDirect, startGroup } from './people.ts'
import { openSocket } from './raw-socket.ts'
import { type Person, runServer, spawnServer, startServer, type TestServer } from './start-server.ts'

setDefaultTimeout(60_000)

// Tokens and links name it, so it is the same wherever the installation is served.
const settings = { PUBLIC_URL: 'http://localhost:9', RATE_LIMITS: 'off' }
const first = { clientId: 'first', text: 'to @ben: 🦊 kept' }
const silent = { tell: () => undefined, line: () => undefined }
const wordsOf = (from: string, to: string) => ['migrate', '--from', from, '--to', to]

/** All that one of its people can ask for. */
async function seenBy(server: TestServer, person: Person) {
  const get = (path: string) => doCall(server, person, `GET /api/v1/${path}`)
  const list = (await get('conversations')) as { items: { id: ConversationId }[] }
  const conversations = await Promise.all(
    list.items.map(async ({ id }) => ({
      log: await readLog(server, person, id),
      messages: await get(`conversations/${id}/messages`),
      members: await get(`conversations/${id}/members`),
      pins: await get(`conversations/${id}/pins`),
    })),
  )
  const others = ['me', 'users?query=b', 'channels?query=chan']
  return { list, conversations, others: await Promise.all(others.map(get)) }
}

/** What a client has that has synced. */
async function copyOf(server: TestServer, person: Person) {
  await using socket = await openSocket(server, personal(person))
  const { epoch } = await socket.next('hello')
  const { conversations, userRev, at } = await socket.call('sync')
  return { epoch, userRev, at, cursors: Object.fromEntries(conversations.map(({ id, head }) => [id, head])) }
}

/** An installation on SQLite in which people have done a bit of everything. */
async function makeInstallation(dataDir: string) {
  await using server = await startServer(settings, { dataDir })
  const secret = (await readFile(join(dataDir, 'secret'), 'utf8')).trim()
  const [ana, ben, cid] = await signInPeople(server, 'ana', 'ben', 'cid')
  const direct = await startDirect(server, ana, ben)
  const group = (await startGroup(server, ana, [ben, cid])).id
  await startChannel(server, ben)
  const call = (as: Person, request: string, body?: unknown) => doCall(server, as, request, body)
  const of = `/api/v1/conversations/${group}`
  await call(ana, `POST ${of}/messages`, first)
  for (const text of ['two', 'three', 'four']) {
    await call(ben, `POST ${of}/messages`, { clientId: text, text, seenSeq: 1 })
  }
  await call(ana, `PUT ${of}/messages/5/reactions/🦊`)
  await call(ana, `PUT ${of}/messages/5/pin`)
  await call(ben, `PATCH ${of}/messages/6`, { text: 'three, edited' })
  await call(ben, `DELETE ${of}/messages/7`)
  await call(ben, `PATCH ${of}/me`, { draft: 'half said', muted: true })
  await call(cid, `POST ${of}/leave`)
  await call(ana, `PUT /api/v1/me/blocks/${cid.id}`)
  await call(ana, 'PATCH /api/v1/me', { name: 'Ana Ñandú', bio: 'a\nb' })
  await call(cid, 'DELETE /api/v1/me')
  await call(ana, `POST /api/v1/conversations/${direct.id}/messages`, { clientId: 'first', text: 'hi' })
  // Makes the keys of JWTs, which are sealed with the secret.
  await call(ana, 'GET /api/auth/token')
  await mkdir(join(dataDir, 'blobs/exports'), { recursive: true })
  await writeFile(join(dataDir, 'blobs/exports/one.zip'), 'a file')

  const refused = await runServer({ SECRET: secret }, wordsOf(dataDir, testPostgresUrl ?? 'postgres://x/y'))
  const seen = await Promise.all([ana, ben].map((person) => seenBy(server, person)))
  return { dataDir, secret, ana, ben, group, refused, seen, copy: await copyOf(server, ben) }
}

describe.skipIf(testPostgresUrl === undefined)('an installation that moves', () => {
  const shared = new AsyncDisposableStack()
  let made: Awaited<ReturnType<typeof makeInstallation>>

  beforeAll(async () => {
    made = await makeInstallation(shared.use(await openDataFolder()).dataDir)
  })
  afterAll(() => shared.disposeAsync())

  /** The installation in a folder of the test's own, and an empty database to move it to. */
  async function prepare(stack: AsyncDisposableStack) {
    const root = stack.use(await openDataFolder()).dataDir
    const { url } = stack.use(await createTestDatabase())
    const [here, files] = [join(root, 'here'), join(root, 'files')]
    await cp(made.dataDir, here, { recursive: true })
    const given = { SECRET: made.secret, DATA_DIR: files }
    return {
      ...{ root, url, here, files, given },
      migrate: (from: string, to: string) => runServer(given, wordsOf(from, to)),
      /** The same in this process. */
      migrateHere: (from: string, to: string, SECRET = made.secret) =>
        migrateInstallation(parseConfig({ ...given, SECRET }), wordsOf(from, to).slice(1), silent),
      onPostgres: { ...given, DATABASE_URL: url },
    }
  }

  test('[MIGRATE9] one that is served is refused', () => {
    const why = `another server is running on the data folder ${made.dataDir}`
    expect(made.refused).toEqual({ status: 78, said: '', errors: `confab: ${why}\n` })
  })

  test('[MIGRATE10] without the same SECRET it is refused, and told what to set', async () => {
    await using stack = new AsyncDisposableStack()
    const { here, url, migrateHere } = await prepare(stack)
    const file = join(here, 'secret')
    const unset = `SECRET must be set, here and for the server on PostgreSQL, to what is in ${file}: SECRET="$(cat ${file})"`
    await expect(migrateHere(here, url, '')).rejects.toMatchObject({ exitStatus: 78, message: unset })
    const SECRET = 'another secret for tests, as long as it must be'
    await expect(migrateHere(here, url, SECRET)).rejects.toThrow(`SECRET is another one than in ${file}`)
    // As if the file had been lost: what is sealed tells.
    await writeFile(file, SECRET)
    const sealed = `SECRET is another one than the server at ${here} runs with`
    await expect(migrateHere(here, url, SECRET)).rejects.toMatchObject({ exitStatus: 65, message: sealed })
    await writeFile(file, made.secret)
    await migrateHere(here, url)
  })

  test('[MIGRATE3] killed with SIGKILL, twice, it goes on; what is not whole is not served', async () => {
    await using stack = new AsyncDisposableStack()
    const { here, files, url, given, migrate, onPostgres } = await prepare(stack)
    await using opened = new AsyncDisposableStack()
    const opening = { secret: made.secret, report: () => undefined }
    await (await openMovedSide({ url }, opening, opened)).build()
    await opened.disposeAsync()
    // As if something had been there, and was taken away for the move.
    await using target = new SQL(url, { max: 1 })
    await target.unsafe(`SELECT setval(pg_get_serial_sequence('invitations', 'num')::regclass, 77)`)

    /** A table that is held lets it come so far and no further. */
    async function killedAt(held: string, told: RegExp) {
      await using database = new SQL(url, { max: 1 })
      await database.unsafe('BEGIN')
      await database.unsafe(`LOCK TABLE ${held} IN SHARE MODE`)
      const { child, output } = await spawnServer(given, { words: wordsOf(here, url) })
      expect(await output.find(told)).toBeDefined()
      child.kill('SIGKILL')
      await child.exited
      // What it has asked for goes on there without it: it is ended too, as if the machine had died.
      await database.unsafe(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE usename = current_user AND pid <> pg_backend_pid()`)
      await database.unsafe('ROLLBACK')
    }
    await killedAt('conversations', /^(user_words) copied/m)
    await killedAt('auth_user', /^(send_keys) copied/m)

    const why = 'a migration to this database was not finished: run it again, and it goes on'
    expect(await runServer(onPostgres)).toEqual({ status: 78, said: '', errors: `confab: ${why}\n` })
    const done = await migrate(here, url)
    expect(done).toMatchObject({ status: 0, errors: '' })
    expect(done.said).toMatch(/^auth_user copied/m)
    expect(done.said).not.toMatch(/^messages copied/m)
    expect(done.said).toMatch(/^messages: 5 rows are equal, SHA-256 [0-9a-f]{16}$/m)
    expect(done.said).toMatch(/\d+ rows and 1 files; this run took \d+ s\.\n/)
    expect(await readFile(join(files, 'blobs/exports/one.zip'), 'utf8')).toBe('a file')
  })

  test('[MIGRATE11] there and back, SQLite holds the same rows; it is served where it went, and nowhere else', async () => {
    await using stack = new AsyncDisposableStack()
    const { root, here, url, migrateHere } = await prepare(stack)
    const back = join(root, 'back')
    await migrateHere(here, url)
    await migrateHere(url, back)
    using one = new Database(join(here, 'confab.db'), { readonly: true })
    using other = new Database(join(back, 'confab.db'), { readonly: true })
    expect(everyRow(other)).toEqual(everyRow(one))
    expect((await readFile(join(back, 'secret'), 'utf8')).trim()).toBe(made.secret)

    const left = await runServer({ DATA_DIR: here })
    expect([left.status, left.errors]).toEqual([
      78,
      expect.stringContaining('this installation was moved to'),
    ])
    expect((await runServer({ DATA_DIR: here }, ['epoch', 'new'])).status).toBe(0)
    await using server = await startServer(settings, { dataDir: here })
    expect((await copyOf(server, made.ben)).epoch).not.toBe(made.copy.epoch)
  })

  test('[MIGRATE12] everybody goes on there: sessions, copies, repeats, unread; and back again', async () => {
    await using stack = new AsyncDisposableStack()
    const { root, here, url, files, migrate, onPostgres } = await prepare(stack)
    const { ana, ben, group, copy } = made
    expect(await migrate(here, url)).toMatchObject({ status: 0, errors: '' })
    const SECRET = 'another secret for tests, as long as it must be'
    const refused = await runServer({ ...onPostgres, SECRET })
    expect(refused.errors).toContain('SECRET is another one than this installation had before it was moved')

    const seen = (server: TestServer) => Promise.all([ana, ben].map((person) => seenBy(server, person)))
    const repeat = (server: TestServer) =>
      server.call(ana, `POST /api/v1/conversations/${group}/messages`, first)
    const there = await startServer({ ...settings, ...onPostgres }, { dataDir: files })
    expect(await seen(there)).toEqual(made.seen)
    {
      // As a client comes back that has a copy: nothing is new to it, and nothing it has is of no use.
      await using socket = await openSocket(there, personal(ben))
      expect((await socket.next('hello')).epoch).toBe(copy.epoch)
      const { cursors, userRev, at: since } = copy
      const nothing = { events: [], conversations: [], more: [], reset: [], removed: [] }
      expect(await socket.call('sync', { cursors, userRev, since })).toMatchObject({ userRev, ...nothing })
    }
    expect(await repeat(there)).toMatchObject({ status: 200, body: { seq: 4, text: first.text } })

    // Rows as PostgreSQL's own functions write them go the other way.
    const [dan] = await signInPeople(there, 'dan')
    const call = (as: Person, request: string, body?: unknown) => doCall(there, as, request, body)
    const of = `/api/v1/conversations/${group}`
    await call(ana, `PUT ${of}/members/${dan.id}`, {})
    await call(dan, `POST ${of}/messages`, { clientId: 'new', text: 'from the other side' })
    await call(ana, `PATCH ${of}`, { name: 'Renamed', topic: 'two\nlines' })
    await call(ben, `PUT ${of}/messages/5/reactions/👍`)
    const direct = await startDirect(there, dan, ben)
    await startGroup(there, ben, [dan], 'Made there')
    await call(dan, `POST ${of}/leave`)
    const after = await seen(there)
    await there[Symbol.asyncDispose]()

    const back = join(root, 'back')
    expect(await migrate(url, back)).toMatchObject({ status: 0, errors: '' })
    await using server = await startServer(settings, { dataDir: back })
    expect(await seen(server)).toEqual(after)
    expect(await repeat(server)).toMatchObject({ status: 200, body: { seq: 4 } })
    expect((await startDirect(server, ben, dan)).id).toBe(direct.id)
    const eve = await server.signIn('eve@example.com')
    expect((await startDirect(server, eve, ben)).head).toBe(2)
  })
})

test('[MIGRATE13] wrong words, and places of one kind, end with the usage', async () => {
  const wrong = await runServer({}, ['migrate', '--from', '/nowhere'])
  expect([wrong.status, wrong.errors]).toEqual([
    64,
    expect.stringContaining('--from and --to are both needed'),
  ])
  const config = parseConfig({ SECRET: 'a secret for tests, and for nothing else' })
  const told = (from: string, to: string) => migrateInstallation(config, wordsOf(from, to).slice(1), silent)
  await expect(told('a', 'b')).rejects.toThrow('one place is a data folder')
  const nowhere = told('/nowhere', 'postgres://x@127.0.0.1:1/y')
  await expect(nowhere).rejects.toMatchObject({ exitStatus: 65, message: '/nowhere holds no installation' })
})
