import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { signInPeople } from '../people.ts'
import { type Person, startServer, type TestServer } from '../start-server.ts'
import { type Case, callText, text } from './case.ts'
import { closings, wrongClosings } from './closing-cases.ts'
import { opcode } from './frames.ts'
import { fragmented, lengths, masks, opcodes, pings, reserved, sizes } from './framing-cases.ts'
import { connect, upgradeRequest } from './tcp-client.ts'
import { brokenTexts, lateTexts, texts } from './utf8-cases.ts'

let server: TestServer
let ann: Person
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
  ;[ann] = await signInPeople(server, 'ann')
})
afterAll(() => server[Symbol.asyncDispose]())

/** A byte a write is slow: only where a frame's head may be cut, not for a mebibyte. */
const byteByByteMax = 600

const ways = {
  'at once': (frames: Buffer[]) => [Buffer.concat(frames)],
  'a frame a write': (frames: Buffer[]) => frames,
  'a byte a write': (frames: Buffer[]) => [...Buffer.concat(frames)].map((byte) => Buffer.from([byte])),
}

/** All that the server sent from the first frame after `hello` on, in the words of a case. */
interface Heard {
  replies: string[]
  pongs: string[]
  closed: number | 'empty' | 'no close frame' | undefined
}

async function hear(one: Case, writes: Buffer[]): Promise<Heard> {
  await using client = await connect(Number(new URL(server.url).port))
  await client.write(upgradeRequest({ headers: { Authorization: `Bearer ${ann.token}` } }))
  expect((await client.head()).status).toBe(101)
  expect((await client.frame())?.payload.toString()).toStartWith('{"method":"hello"')
  await client.write(...writes)
  if (one.restOfMessage) await client.write(one.restOfMessage)
  // Whoever is still heard is answered this, after all the rest.
  await client.write(text(callText('end')))

  const heard: Heard = { replies: [], pongs: [], closed: undefined }
  for (;;) {
    const frame = await client.frame()
    if (!frame) return { ...heard, closed: heard.closed ?? 'no close frame' }
    // A server's own frames are whole, plain and not masked (RFC 6455, 5.1).
    expect([frame.fin, frame.reserved, frame.masked]).toEqual([true, 0, false])
    expect(heard.closed).toBeUndefined()
    switch (frame.opcode) {
      case opcode.pong:
        heard.pongs.push(frame.payload.toString('latin1'))
        break
      case opcode.close:
        expect(frame.payload.length).toBeLessThanOrEqual(125)
        heard.closed = frame.payload.length === 0 ? 'empty' : frame.payload.readUInt16BE()
        break
      default: {
        const reply = replyIn(frame.payload)
        if (reply === 'end') return heard
        heard.replies.push(reply)
      }
    }
  }
}

function replyIn(payload: Buffer): string {
  const { id, error } = JSON.parse(payload.toString()) as { id: string | null; error?: { code: number } }
  return id ?? `!${error?.code}`
}

/** One test a case, which sends it in every way in which it can come. */
function conforms(rule: string, what: string, cases: readonly Case[]) {
  describe(what, () => {
    test.each(cases.map((one) => [one.name, one] as const))(`[${rule}] ${what}: %s`, async (_name, one) => {
      const { frames, replies = [], pongs = [], closed } = one
      const bytes = frames.reduce((sum, { length }) => sum + length, 0)
      for (const [way, writesOf] of Object.entries(ways)) {
        if (way === 'a byte a write' && bytes > byteByByteMax) continue
        const heard = await hear(one, writesOf(frames))
        // What ends a connection may overtake the reply to a call before it.
        if (closed !== undefined && heard.replies.length === 0) heard.replies = replies
        expect({ way, ...heard }).toEqual({ way, replies, pongs, closed })
      }
    })
  })
}

conforms('WIRE10] [WIRE21', 'lengths', lengths)
conforms('WIRE11', 'too much', sizes)
conforms('WIRE12', 'masks', masks)
conforms('WIRE13', 'pings and pongs', pings)
conforms('WIRE14', 'reserved bits', reserved)
conforms('WIRE15', 'opcodes', opcodes)
conforms('WIRE16', 'fragments', fragmented)
conforms('WIRE17', 'UTF-8', texts)
conforms('WIRE18', 'what is no UTF-8', brokenTexts)
conforms('WIRE18', 'what is no UTF-8 from its first fragment on, at its end', lateTexts)
conforms('WIRE19', 'a close is answered', closings)
conforms('WIRE20', 'a wrong close', wrongClosings)
