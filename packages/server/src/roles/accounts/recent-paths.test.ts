import { expect, test } from 'bun:test'
import { startAccounts as start } from '../../../test/accounts-server.ts'
import { recentMs } from '../../domain/accounts/recent-sign-in.ts'
import { recentPaths } from './recent-paths.ts'

const email = 'ann@example.com'

const ask = (path: string, server: Awaited<ReturnType<typeof start>>, headers: Record<string, string>) => {
  const isRead = path.includes('/generate-register-options')
  return server.ask(path, { method: isRead ? 'GET' : 'POST', headers, ...(!isRead && { body: {} }) })
}

test.each([...recentPaths])('[FRESH1] %s takes a session that has just begun', async (path) => {
  await using server = await start()
  server.advance(0)
  // Some of it begins another session.
  const [other, ann] = [await server.signIn(email), await server.signIn(email)]
  server.advance(recentMs)
  const inTime = await ask(path, server, other.bearer)
  expect(inTime.text).not.toContain('SESSION_NOT_FRESH')
  // Used all the while, and told anew: it is the sign-in that counts.
  await server.ask('/api/auth/get-session', { headers: ann.bearer })
  server.advance(1)
  const late = await ask(path, server, ann.bearer)
  expect([late.status, late.json().code]).toEqual([403, 'SESSION_NOT_FRESH'])
  const again = await server.signIn(email)
  expect((await ask(path, server, again.bearer)).text).not.toContain('SESSION_NOT_FRESH')
})

test('[FRESH1] who is nobody is told that, and not when they came', async () => {
  await using server = await start()
  for (const path of recentPaths)
    expect((await ask(path, server, {})).text).not.toContain('SESSION_NOT_FRESH')
})
