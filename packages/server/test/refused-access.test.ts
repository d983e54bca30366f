import { expect, test } from 'bun:test'
import { doCall, openSynced, signInPeople, startGroup } from './people.ts'
import { openSocket } from './raw-socket.ts'
import { startServer, type TestServer } from './start-server.ts'
import { within } from './within.ts'

/** What the log tells of refused access so far. */
const told = (server: TestServer) =>
  server
    .log()
    .split('\n')
    .filter((line) => line.includes('access was refused'))
    .map((line) => JSON.parse(line))
    .map(({ code, door, userId, network }) => ({ code, door, userId, network }))

test('[LOG1] the first refusal of a kind to somebody is a line in the log, without what they asked with', async () => {
  await using server = await startServer({ RATE_LIMITS: 'off' })
  await server.signIn('root@example.com')
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const group = await startGroup(server, ann, [])
  const hidden = `/api/v1/conversations/${group.id}`
  const of = { door: 'GET /api/v1/admin/accounts', network: undefined }
  await doCall(server, ann, `GET ${hidden}`)
  await server.call(undefined, 'GET /api/v1/me')
  expect(told(server)).toEqual([])

  for (const person of [ann, ann, bob])
    await server.call(person, 'GET /api/v1/admin/accounts?query=secret-word')
  expect(told(server)).toEqual([
    { ...of, code: 'forbidden', userId: ann.id },
    { ...of, code: 'forbidden', userId: bob.id },
  ])
  for (const path of [hidden, `${hidden}/messages`]) await server.call(bob, `GET ${path}`)
  for (const token of ['secret-token', 'other']) await server.call({ ...bob, token }, 'GET /api/v1/me')
  expect(told(server).slice(2)).toEqual([
    { code: 'not_found', door: 'GET /api/v1/conversations/:id', userId: bob.id, network: undefined },
    { code: 'unauthenticated', door: 'GET /api/v1/me', userId: undefined, network: '127.0.0.0/24' },
  ])
  expect(server.log()).not.toMatch(/secret-(word|token)/)
})

test('[LOG1] so is one over a socket, and a socket that is refused', async () => {
  await using server = await startServer({ RATE_LIMITS: 'off' })
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id } = await startGroup(server, ann, [])
  await using anns = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  const ask = { conversationId: id, limit: 1 }
  await anns.call('history', ask)
  expect(told(server)).toEqual([])
  for (const again of [1, 2])
    expect([again, await bobs.call('history', ask).catch(() => 'refused')]).toEqual([again, 'refused'])
  await using stranger = await openSocket(server, { token: 'nonsense' })
  await within(stranger.closed, 'the close')
  expect(told(server)).toEqual([
    { code: 'not_found', door: 'history', userId: bob.id, network: undefined },
    { code: 'unauthenticated', door: 'GET /api/v1/ws', userId: undefined, network: '127.0.0.0/24' },
  ])
})
