import { expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
