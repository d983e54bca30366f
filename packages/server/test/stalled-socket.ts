import type { Socket } from 'bun'
import { makeFrame, opcode, parseFrames } from './wire/frames.ts'
import { upgradeRequest } from './wire/tcp-client.ts'
import { within } from './within.ts'

/** A signed-in and synced client that stops reading, as one does that hangs; the kernel's buffers fill. */
export interface StalledSocket {
  /** Reads on until the server has ended the connection, and answers how, and how many frames came. */
  readOn(): Promise<{ code: number; frames: number }>
}

/** No close frame could be written any more. */
const cutOff = 1006

/** A WebSocket over bare TCP, since a WebSocket client can't be told not to read. */
export async function openStalled(port: number, { token }: { token: string }): Promise<StalledSocket> {
  const stalled = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  let received = Buffer.alloc(0)
  let isStalled = false
  let isUpgraded = false

  const read = (socket: Socket, part: Buffer) => {
    received = Buffer.concat([received, part])
    const text = received.toString('latin1')
    if (isStalled || !text.includes('\r\n\r\n')) return
    // Not before the answer to the upgrade (RFC 6455, 4.1).
    if (!isUpgraded) socket.write(makeFrame(opcode.text, '{"id":"sync","method":"sync"}'))
    isUpgraded = true
    if (!text.includes('"id":"sync"')) return
    isStalled = true
    socket.pause()
    stalled.resolve()
  }

  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: { binaryType: 'buffer', data: read, close: () => ended.resolve() },
  })
  socket.write(upgradeRequest({ headers: { Authorization: `Bearer ${token}` } }))
  await within(stalled.promise, 'the first sync')

  return {
    async readOn() {
      socket.resume()
      await within(ended.promise, 'the end of a stalled connection')
      const { frames } = parseFrames(received.subarray(received.indexOf('\r\n\r\n') + 4))
      const close = frames.find((frame) => frame.opcode === opcode.close)
      return {
        code: close ? close.payload.readUInt16BE() : cutOff,
        frames: frames.filter((frame) => frame.opcode === opcode.text).length,
      }
    },
  }
}
