import { afterAll, beforeAll, expect, test } from 'bun:test'
import { connectionId } from '@confab/protocol/ids'
import { StreamConnection } from '../src/roles/gateway/stream-connection.ts'
import { createStreamTopics } from '../src/roles/gateway/stream-topics.ts'
import { openSynced, signInPeople, startDirect, startGroup } from './people.ts'
import { startServer, type TestServer } from './start-server.ts'
import { openStream } from './stream.ts'
import { within } from './within.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

test('[STREAM1] a stream begins with hello, and is pushed nothing more before its first sync', async () => {
  const [ana, ben] = await signInPeople(server, 'ana', 'ben')
  await using stream = await openStream(server, ana)
  const { id } = await startDirect(server, ben, ana)
  await server.call(ben, `POST /api/v1/conversations/${id}/messages`, { clientId: 'c1', text: 'early' })
  expect(stream.frames.map(({ method }) => method)).toEqual(['hello'])
  const answer = await stream.call('sync')
  expect(answer).toMatchObject({ status: 200, body: { id: 1, result: { conversations: [{ id }] } } })
})

test('[STREAM2] events reach a stream and a socket alike, and a call is answered as a frame would be', async () => {
  const [ana, ben] = await signInPeople(server, 'ana', 'ben')
  const { id } = await startDirect(server, ana, ben)
  await using stream = await openStream(server, ana)
  await using socket = await openSynced(server, ben)
  await stream.call('sync')
  const sent = await stream.call('message.send', { conversationId: id, clientId: 'c1', text: 'by stream' })
  expect(sent).toMatchObject({ status: 200, body: { id: 1, result: { message: { text: 'by stream' } } } })
  expect(await socket.next('event')).toEqual(await stream.next('event'))
  await socket.call('message.send', { conversationId: id, clientId: 'c2', text: 'by socket' })
  expect(await stream.next('event')).toMatchObject({ data: { message: { text: 'by socket' } } })
  const repeat = await stream.call('message.send', { conversationId: id, clientId: 'c1', text: 'other' })
  expect(repeat).toMatchObject({
    status: 200,
    body: { id: 1, error: { data: { code: 'client_id_reused' } } },
  })
  expect(await stream.call('no.such')).toMatchObject({ body: { error: { code: -32601 } } })
})

test('[STREAM3] a stream takes calls from its own session alone, and none once it has ended', async () => {
  const [ana, ben] = await signInPeople(server, 'ana', 'ben')
  const stream = await openStream(server, ana)
  expect(await stream.call('ping', {}, ben)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect(await stream.call('ping')).toMatchObject({ status: 200, body: { id: 1, result: {} } })
  await stream[Symbol.asyncDispose]()
  const { connectionId } = stream
  let status = 200
  // The server hears of the end a moment after the client has left.
  while (status === 200) {
    const answer = await server.call(ana, 'POST /api/v1/call', { connectionId, id: 1, method: 'ping' })
    status = answer.status
  }
  expect(status).toBe(404)
  const stranger = await fetch(new URL('/api/v1/stream', server.url))
  expect(stranger.status).toBe(401)
})

test('[STREAM4] who is removed hears their own removal last, on a stream too', async () => {
  const [ana, ben] = await signInPeople(server, 'ana', 'ben')
  const { id } = await startGroup(server, ana, [ben])
  await using stream = await openStream(server, ben)
  await stream.call('sync')
  await server.call(ana, `DELETE /api/v1/conversations/${id}/members/${ben.id}`)
  await server.call(ana, `POST /api/v1/conversations/${id}/messages`, { clientId: 'c1', text: 'without ben' })
  expect(await stream.next('event')).toMatchObject({ type: 'member.left', data: { userId: ben.id } })
  expect(await stream.next('conversation')).toMatchObject({ removed: id })
  await stream.call('ping')
  expect(JSON.stringify(stream.frames)).not.toContain('without ben')
})

test('[STREAM5] signing out ends the session’s stream, with the code that a socket would be closed with', async () => {
  const [ana] = await signInPeople(server, 'ana')
  await using stream = await openStream(server, ana)
  await server.call(ana, 'POST /api/auth/sign-out')
  expect(await stream.closed).toEqual({ code: 4401, reason: 'signed out' })
})

test('[STREAM11] a large reply waits for those before it, not for a stream that nobody reads', async () => {
  const options = { topics: createStreamTopics(), onEnd: () => undefined }
  const stream = new StreamConnection(connectionId.parse('a connection'), 0, options)
  stream.send('x'.repeat(512 * 1024))
  const endFirst = await within(stream.turn(), 'the first turn')
  let isSecond = false
  const second = stream.turn().then(() => {
    isSecond = true
  })
  await within(fetch(server.url), 'an answer')
  expect(isSecond).toBe(false)
  endFirst()
  await within(second, 'the second turn')
})
