import { afterAll, beforeAll, expect, test } from 'bun:test'
import { doCall, openSynced, personal, signInPeople } from './people.ts'
import { openSocket } from './raw-socket.ts'
import { startServer, type TestServer } from './start-server.ts'
import { openStream } from './stream.ts'
import { withApp } from './two-factors.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server[Symbol.asyncDispose]())

test('[TOTP13] once it is required, what is open for who came with one factor closes, and nothing opens', async () => {
  const [root] = await signInPeople(server, 'root')
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const [twofold, alsoTwofold] = [await withApp(server, root), await withApp(server, bob)]
  await using open = await openSynced(server, ann)
  await using stream = await openStream(server, ann)
  await using kept = await openSynced(server, alsoTwofold)
  await doCall(server, twofold, 'PATCH /api/v1/admin/account-settings', { secondFactor: 'everybody' })

  const turnedAway = { code: 4403, reason: 'second_factor_needed' }
  expect(await Promise.all([open.closed, stream.closed])).toEqual([turnedAway, turnedAway])
  expect(await (await openSocket(server, personal(ann))).closed).toEqual(turnedAway)
  for (const door of ['GET /api/v1/conversations', 'GET /api/v1/stream', 'POST /api/v1/ws/ticket'])
    expect((await server.call(ann, door)).body).toMatchObject({ status: 403, code: 'second_factor_needed' })
  // Whoever came with two has heard nothing of it.
  expect(await kept.call('ping')).toEqual({})

  const annAgain = await withApp(server, ann)
  await using socket = await openSynced(server, annAgain)
  expect(await socket.call('ping')).toEqual({})
})
