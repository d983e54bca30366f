import { expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endUnderAnotherSecret } from '../src/drivers/better-auth/another-secret.ts'
import { type Statements, sqliteStatements } from '../src/drivers/sql/statements.ts'
import { startAccounts } from './accounts-server.ts'
import { doCall } from './people.ts'
import { startServer } from './start-server.ts'

test('[AUTH29] under another SECRET every session is over, by whatever token, and JWTs are signed anew; under the same none', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-secret-'))
  const start = (letter: string) =>
    startServer({ SECRET: letter.repeat(40), PUBLIC_URL: 'http://localhost:8080' }, { dataDir })
  const first = await start('a')
  const signed = await first.signIn('ann@example.com')
  const bare = { ...signed, token: decodeURIComponent(signed.token).split('.')[0] ?? '' }
  // PUBLIC_URL says for whom a JWT is.
  const jwtOf = async (server: typeof first, person: typeof signed) => {
    const { token } = (await doCall(server, person, 'GET /api/auth/token')) as { token: string }
    return { ...person, token }
  }
  const jwt = await jwtOf(first, signed)
  const all = [signed, bare, jwt]
  const me = (server: typeof first, people: typeof all) =>
    Promise.all(people.map(async (one) => (await server.call(one, 'GET /api/v1/me')).status))
  expect(await me(first, all)).toEqual([200, 200, 200])
  await first.stop()

  const again = await start('a')
  expect(await me(again, all)).toEqual([200, 200, 200])
  expect(again.log()).not.toContain('SECRET is another one')
  await again.stop()

  const other = await start('b')
  expect(other.log()).toContain('SECRET is another one than before')
  expect(await me(other, all)).toEqual([401, 401, 401])
  const anew = await other.signIn('ann@example.com')
  expect(anew.id).toBe(signed.id)
  expect(await me(other, [anew, await jwtOf(other, anew)])).toEqual([200, 200])
  await other.stop()
  await rm(dataDir, { recursive: true })
})

test('[AUTH29] of two nodes that start with another SECRET at once, the later one ends nothing that began at the first', async () => {
  await using server = await startAccounts()
  const statements = sqliteStatements(server.database)
  const ann = await server.signIn('ann@example.com')
  const statusOf = async (one: typeof ann) => (await one.as('/api/v1/me')).status
  expect(await endUnderAnotherSecret(statements, 'the one of before')).toBe(false)
  const atTheFirst: (typeof ann)[] = []
  const late: Statements = {
    ...statements,
    // It has seen the mark of before, and comes to its own change after the first.
    async changeAll(texts, values) {
      expect(await endUnderAnotherSecret(statements, 'another')).toBe(true)
      expect(await statusOf(ann)).toBe(401)
      atTheFirst.push(await server.signIn('bob@example.com'))
      return statements.changeAll(texts, values)
    },
  }
  expect(await endUnderAnotherSecret(late, 'another')).toBe(true)
  expect(await Promise.all(atTheFirst.map(statusOf))).toEqual([200])
  expect(await endUnderAnotherSecret(statements, 'another')).toBe(false)
})

test('[AUTH29] where no mark was made yet, the key that signs JWTs tells another SECRET; without one there is nothing to tell by', async () => {
  for (const [secret, isAnother] of [
    ['a secret for tests, and for nothing else', false],
    ['another', true],
  ] as const) {
    await using server = await startAccounts()
    const statements = sqliteStatements(server.database)
    const unmark = () => statements.change("DELETE FROM meta WHERE name = 'accounts secret'")
    const ann = await server.signIn('ann@example.com')
    const status = async () => (await ann.as('/api/v1/me')).status
    expect(await endUnderAnotherSecret(statements, secret)).toBe(false)
    expect([await status(), await unmark()]).toEqual([200, 1])
    expect((await ann.as('/api/auth/token')).status).toBe(200)
    expect([secret, await endUnderAnotherSecret(statements, secret)]).toEqual([secret, isAnother])
    expect([secret, await status()]).toEqual([secret, isAnother ? 401 : 200])
    // It is marked by now.
    expect(await endUnderAnotherSecret(statements, secret)).toBe(false)
    expect(await endUnderAnotherSecret(statements, 'a third')).toBe(true)
  }
})
