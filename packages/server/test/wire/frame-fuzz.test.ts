import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { startServer, type TestServer } from '../start-server.ts'
import { callText, impossibleFrame, notUtf8, protocolError, text, tooBig } from './case.ts'
import { makeFrame, opcode } from './frames.ts'
import { fuzzRuns, fuzzSeed, startFuzzWorld } from './fuzz-world.ts'
import { connect, upgradeRequest } from './tcp-client.ts'

let server: TestServer
let world: Awaited<ReturnType<typeof startFuzzWorld>>
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
  world = await startFuzzWorld(server)
})
afterAll(() => server[Symbol.asyncDispose]())

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 140 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom('', '{}', callText('a'), '[', '\u{1f600}').map((words) => Buffer.from(words)),
)
const often = <Value>(usual: Value, other: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other })

/** No head of a frame in here tells a length in 64 bits: who believed it would wait for up to a mebibyte. */
const bytes = fc
  .array(
    fc.nat({ max: 255 }).filter((byte) => (byte & 0x7f) !== 0x7f),
    { minLength: 1, maxLength: 40 },
  )
  .map((all) => Buffer.from(all))

/** Longer than any frame that may be waited for; no frame begins with it. */
const filler = Buffer.alloc(70_000, 0xff)

/** Frames of any shape, right ones more often than not, and now and then bytes that are none. */
const frame = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .record({
        code: fc.oneof(fc.constantFrom(...Object.values(opcode)), fc.nat({ max: 15 })),
        payload,
        fin: often(true, fc.boolean()),
        reserved: often(0, fc.nat({ max: 7 })),
        mask: often<number | null>(0x1234_5678, fc.constant(null)),
        lengthBits: often<16 | 64 | undefined>(undefined, fc.constantFrom(16, 64)),
      })
      .map(({ code, payload: content, lengthBits, ...shape }) =>
        makeFrame(code, content, { ...shape, ...(lengthBits && { lengthBits }) }),
      ),
  },
  { weight: 1, arbitrary: bytes },
)

/** With these, or with the code that the client itself closed with, a connection may end. */
const ownCodes = [protocolError, notUtf8, tooBig, impossibleFrame]

test('[WIRE36] whatever bytes come, a connection is served or closed with a code, and nobody else is hurt', async () => {
  const { eve, look } = world
  const { port } = new URL(server.url)
  const how = { served: 0, closed: 0 }
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 8 }), async (frames) => {
      await using client = await connect(Number(port))
      await client.write(upgradeRequest({ headers: { Authorization: `Bearer ${eve.token}` } }))
      expect((await client.head()).status).toBe(101)
      await client.write(...frames)
      // What is asked last is answered by who still serves, and the filler ends the wait for a frame's rest.
      await client.write(text(callText('the last')), filler)
      for (;;) {
        const heard = await client.frame()
        if (!heard) throw new Error('the connection ended without a close')
        if (heard.opcode !== opcode.close) {
          if (heard.payload.includes('"the last"')) how.served++
          continue
        }
        how.closed++
        const code = heard.payload.length > 0 ? heard.payload.readUInt16BE() : undefined
        if (code !== undefined && !ownCodes.includes(code)) expect(sentCodes(frames)).toContain(code)
        return
      }
    }),
    { seed: fuzzSeed(), numRuns: fuzzRuns(200) },
  )
  expect(how.served).toBeGreaterThan(0)
  expect(await look()).toEqual({ ready: 200, untouched: true, failures: [] })
})

/** Every pair of bytes that may have been a code: the mask of these tests is known. */
function sentCodes(frames: Buffer[]): number[] {
  const sent = Buffer.concat(frames)
  const masks = [0x1234, 0x37fa]
  return Array.from({ length: Math.max(0, sent.length - 1) }, (_, at) => sent.readUInt16BE(at)).flatMap(
    (pair) => [pair, ...masks.map((mask) => pair ^ mask)],
  )
}
