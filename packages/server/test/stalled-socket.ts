import type { Socket } from 'bun'
import { within } from './within.ts'

/** A signed-in and synced client that stops reading, as one does that hangs; the kernel's buffers fill. */
export interface StalledSocket {
  /** Reads on until the server has ended the connection, and answers how, and how many frames came. */
  readOn(): Promise<{ code: number; frames: number }>
}

const opcodeText = 1
const opcodeClose = 8
/** No close frame could be written any more. */
const cutOff = 1006

/** A WebSocket over bare TCP, since a WebSocket client can't be told not to read. */
export async function openStalled(port: number, { token }: { token: string }): Promise<StalledSocket> {
  const stalled = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  let received = Buffer.alloc(0)
  let isStalled = false

  const read = (socket: Socket, part: Buffer) => {
    received = Buffer.concat([received, part])
    const text = received.toString('latin1')
    if (isStalled || !text.includes('\r\n\r\n') || !text.includes('"id":"sync"')) return
    isStalled = true
    socket.pause()
    stalled.resolve()
  }

  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: { binaryType: 'buffer', data: read, close: () => ended.resolve() },
  })
  socket.write(upgradeRequest(port, token))
  socket.write(maskedText('{"id":"sync","method":"sync"}'))
  await within(stalled.promise, 'the first sync')

  return {
    async readOn() {
      socket.resume()
      await within(ended.promise, 'the end of a stalled connection')
      const frames = parseFrames(received.subarray(received.indexOf('\r\n\r\n') + 4))
      const close = frames.find(({ opcode }) => opcode === opcodeClose)
      return {
        code: close ? close.payload.readUInt16BE() : cutOff,
        frames: frames.filter(({ opcode }) => opcode === opcodeText).length,
      }
    },
  }
}

const upgradeRequest = (port: number, token: string) =>
  [
    'GET /api/v1/ws HTTP/1.1',
    `Host: localhost:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: c3RhbGxlZCBzb2NrZXQhIQ==',
    `Authorization: Bearer ${token}`,
    '\r\n',
  ].join('\r\n')

/** A short frame of a client (RFC 6455, 5.2). Its mask is zero, which leaves the text as it is. */
const maskedText = (text: string) =>
  Buffer.concat([Buffer.from([0x80 | opcodeText, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)])

/** The whole frames of a server, which are not masked; a last one that was cut off is left out. */
function parseFrames(bytes: Buffer) {
  const frames: { opcode: number; payload: Buffer }[] = []
  for (let at = 0; at + 2 <= bytes.length; ) {
    const short = bytes.readUInt8(at + 1)
    const start = at + (short === 127 ? 10 : short === 126 ? 4 : 2)
    if (start > bytes.length) break
    const length =
      short === 127
        ? Number(bytes.readBigUInt64BE(at + 2))
        : short === 126
          ? bytes.readUInt16BE(at + 2)
          : short
    if (start + length > bytes.length) break
    frames.push({ opcode: bytes.readUInt8(at) & 15, payload: bytes.subarray(start, start + length) })
    at = start + length
  }
  return frames
}
