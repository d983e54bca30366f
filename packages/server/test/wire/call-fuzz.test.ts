import { afterAll, beforeAll, expect, test } from 'bun:test'
import { callResults, type Method } from '@confab/protocol/calls'
import { isRefusalCode } from '@confab/protocol/refusal'
import fc from 'fast-check'
import { openSynced } from '../people.ts'
import type { Reply } from '../raw-socket.ts'
import { startServer, type TestServer } from '../start-server.ts'
import { openStream } from '../stream.ts'
import { answerTo, callFrames } from './call-frames.ts'
import { fuzzRuns, fuzzSeed, startFuzzWorld } from './fuzz-world.ts'

let server: TestServer
let world: Awaited<ReturnType<typeof startFuzzWorld>>
let document: unknown
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
  world = await startFuzzWorld(server)
  document = (await server.call(undefined, 'GET /asyncapi.json')).body
})
afterAll(() => server[Symbol.asyncDispose]())

const framesARun = 10
const healthy = { ready: 200, untouched: true, failures: [] }

/**
 * A reply in the grammar: a result by its method's schema,
 * or an error with a code and a word that go together.
 */
function checkReply(reply: Reply | undefined, text: string) {
  const expected = answerTo(text)
  expect(JSON.stringify(reply ?? '')).not.toContain(world.secret)
  if (expected.answer === 'none' || !reply) {
    expect([expected.answer, reply]).toEqual(['none', undefined])
    return
  }
  // As JSON has it: it knows no -0.
  expect(JSON.stringify(reply.id)).toBe(JSON.stringify(expected.id))
  if (expected.answer === 'error') {
    expect(reply.error).toMatchObject({ code: expected.code, data: { code: 'invalid' } })
    return
  }
  if (reply.error) checkError(reply.error)
  else checkResult(expected.method, reply.result)
}

function checkError({ code, message, data }: NonNullable<Reply['error']>) {
  expect(typeof message).toBe('string')
  expect([data.code, isRefusalCode(data.code)]).toEqual([data.code, true])
  expect(code).toBe(data.code === 'invalid' ? -32602 : -32000)
  if (data.code === 'invalid') expect(data.errors?.length).toBeGreaterThan(0)
}

function checkResult(method: Method, result: unknown) {
  const parsed = callResults[method].safeParse(result)
  expect([method, parsed.error?.issues ?? []]).toEqual([method, []])
}

test('[WIRE30] over a socket each call has one reply in the grammar, and no frame hurts', async () => {
  const { eve, known, secret, look } = world
  await using socket = await openSynced(server, eve)
  let closed: unknown
  void socket.closed.then((how) => {
    closed = how
  })

  const frames = fc.array(callFrames(document, known), { minLength: 1, maxLength: framesARun })
  await fc.assert(
    fc.asyncProperty(frames, async (texts) => {
      for (const text of texts) {
        socket.send(text)
        const answered = answerTo(text).answer !== 'none'
        checkReply(answered ? await socket.reply() : undefined, text)
      }
      // No frame has a second reply, and the socket is still there.
      expect(await socket.call('ping')).toEqual({})
      expect(closed).toBeUndefined()
    }),
    { seed: fuzzSeed(), numRuns: fuzzRuns(200) },
  )
  expect(JSON.stringify(socket.pushes)).not.toContain(secret)
  expect(await look()).toEqual(healthy)
})

test('[WIRE31] over POST /call each call has one reply in the grammar, and no body hurts', async () => {
  const { eve, known, secret, look } = world
  await using stream = await openStream(server, eve)
  const post = (body: string) =>
    fetch(`${server.url}/api/v1/call`, {
      method: 'POST',
      headers: { authorization: `Bearer ${eve.token}`, 'content-type': 'application/json' },
      body,
    })
  const onStream = (text: string) => text.replace(/^\{/, `{"connectionId":"${stream.connectionId}",`)

  const frames = fc.array(callFrames(document, known), { minLength: 1, maxLength: framesARun })
  await fc.assert(
    fc.asyncProperty(frames, async (texts) => {
      for (const text of texts) {
        const body = onStream(text)
        const answer = await post(body)
        const said = await answer.text()
        expect(said).not.toContain(secret)
        const call = answerTo(body)
        if (call.answer === 'error' && call.id === null && !isCall(body)) {
          expect([answer.status, JSON.parse(said).code]).toEqual([400, 'invalid'])
        } else {
          expect(answer.status).toBe(call.answer === 'none' ? 204 : 200)
          checkReply(said === '' ? undefined : JSON.parse(said), body)
        }
      }
    }),
    { seed: fuzzSeed(), numRuns: fuzzRuns(60) },
  )
  expect(JSON.stringify(stream.frames)).not.toContain(secret)
  expect(await stream.call('ping')).toMatchObject({ status: 200, body: { result: {} } })
  expect(await look()).toEqual(healthy)
})

// Found by the fuzzer: the frame was written again on its way, and JSON writes an infinite number as null.
test('[WIRE31] an id of 1e400 is no id, over POST /call as over a socket', async () => {
  const { eve } = world
  const wrong = { id: null, error: { code: -32600 } }
  await using stream = await openStream(server, eve)
  const answer = await fetch(`${server.url}/api/v1/call`, {
    method: 'POST',
    headers: { authorization: `Bearer ${eve.token}`, 'content-type': 'application/json' },
    body: `{"connectionId":"${stream.connectionId}","id":1e400,"method":"ping"}`,
  })
  expect([answer.status, await answer.json()]).toMatchObject([200, wrong])
  await using socket = await openSynced(server, eve)
  socket.send('{"id":1e400,"method":"ping"}')
  expect(await socket.reply()).toMatchObject(wrong)
})

/** An object with a connectionId is a call, however wrong; anything else is a wrong body. */
function isCall(body: string): boolean {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null && 'connectionId' in parsed
  } catch {
    return false
  }
}
