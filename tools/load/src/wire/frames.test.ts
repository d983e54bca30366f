import { expect, test } from 'bun:test'
import { encodeFrame, encodeText, FrameReader, opcode } from './frames.ts'

/** A frame as a server writes it: the client's, without mask bit and mask. */
function unmasked(code: number, payload: Uint8Array): Uint8Array {
  const frame = encodeFrame(code, payload)
  const header = frame.length - payload.length - 4
  const served = new Uint8Array([...frame.subarray(0, header), ...payload])
  served[1] = (served[1] ?? 0) & 0x7f
  return served
}

function framesOf(chunks: Uint8Array[]): { code: number; text: string }[] {
  const reader = new FrameReader()
  const read: { code: number; text: string }[] = []
  for (const chunk of chunks) {
    reader.read(chunk, (code, bytes, start, end) => {
      read.push({ code, text: new TextDecoder().decode(bytes.subarray(start, end)) })
    })
  }
  return read
}

const bytesOf = (text: string) => new TextEncoder().encode(text)

test('[LOAD1] a real server understands what is encoded, at each width of the length', async () => {
  const texts = ['', 'x'.repeat(125), 'ä'.repeat(63), 'x'.repeat(65_535), 'x'.repeat(65_536)]
  const heard: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  using server = Bun.serve({
    port: 0,
    fetch: (request, to) => (to.upgrade(request) ? undefined : new Response(null, { status: 400 })),
    websocket: {
      message(_socket, text) {
        if (heard.push(String(text)) === texts.length) resolve()
      },
    },
  })
  const upgrade = [
    'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  ].join('\r\n')
  const { promise: upgraded, resolve: onUpgraded } = Promise.withResolvers<void>()
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port: server.port ?? 0,
    socket: { data: () => onUpgraded() },
  })
  socket.write(upgrade)
  await upgraded
  for (const text of texts) await writeAll(socket, encodeText(text))
  await promise
  socket.end()
  expect(heard).toEqual(texts)
})

async function writeAll(socket: Bun.Socket, bytes: Uint8Array) {
  for (let sent = 0; sent < bytes.length; ) {
    sent += socket.write(bytes.subarray(sent))
    if (sent < bytes.length) await Bun.sleep(0)
  }
}

test('[LOAD2] frames are read whole however the stream is cut', () => {
  const texts = ['', 'a', 'ä'.repeat(100), 'x'.repeat(70_000)]
  const stream = Buffer.concat(texts.map((text) => unmasked(opcode.text, bytesOf(text))))
  const expected = texts.map((text) => ({ code: opcode.text, text }))

  expect(framesOf([stream])).toEqual(expected)
  for (const size of [1, 2, 3, 7, 130, 1_460, 65_536]) {
    const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
      stream.subarray(index * size, (index + 1) * size),
    )
    expect(framesOf(chunks)).toEqual(expected)
  }
})

test('[LOAD2] what is kept of a cut frame survives that the runtime reuses the chunk', () => {
  const frame = unmasked(opcode.text, bytesOf('hello'))
  const reader = new FrameReader()
  const read: string[] = []
  const onFrame = (_code: number, bytes: Uint8Array, start: number, end: number) =>
    void read.push(new TextDecoder().decode(bytes.subarray(start, end)))
  const chunk = frame.slice(0, 4)
  reader.read(chunk, onFrame)
  chunk.fill(0)
  reader.read(frame.slice(4), onFrame)
  expect(read).toEqual(['hello'])
})

test('[LOAD2] control frames keep their kind', () => {
  const stream = Buffer.concat([unmasked(opcode.ping, bytesOf('p')), unmasked(opcode.close, bytesOf(''))])
  expect(framesOf([stream])).toEqual([
    { code: opcode.ping, text: 'p' },
    { code: opcode.close, text: '' },
  ])
})
