import { afterAll, beforeAll, expect, test } from 'bun:test'
import { doCall, personal, signInPeople, startGroup } from './people.ts'
import { openSocket } from './raw-socket.ts'
import { startServer, type TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server[Symbol.asyncDispose]())

test('[CONSENT5] who has not agreed opens neither a socket nor a stream, nor reads a conversation', async () => {
  // The first one who comes is the administrator.
  const [root] = await signInPeople(server, 'root')
  const [ann] = await signInPeople(server, 'ann')
  const { id } = await startGroup(server, ann, [root])
  const wanted = { terms: 'Be kind', privacy: null, minimumAge: null }
  await doCall(server, root, 'PUT /api/v1/admin/consent-settings', wanted)
  const doors = [`GET /api/v1/conversations/${id}/messages`, 'GET /api/v1/stream', 'POST /api/v1/ws/ticket']
  for (const door of doors)
    expect((await server.call(ann, door)).body).toMatchObject({ status: 403, code: 'consent_needed' })
  const refused = await openSocket(server, personal(ann))
  expect(await refused.closed).toEqual({ code: 4403, reason: 'consent_needed' })

  await doCall(server, ann, 'PUT /api/v1/me/consents/terms', { version: 1 })
  await using socket = await openSocket(server, personal(ann))
  await socket.next('hello')
  expect((await server.call(ann, `GET /api/v1/conversations/${id}/messages`)).status).toBe(200)
})
