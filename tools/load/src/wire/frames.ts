/**
 * The client's half of RFC 6455, as little of it as a load driver needs: text out, unfragmented frames in.
 * It exists because the driver has one core, like the server: a parser that turned each frame into a string
 * and an event would be the bottleneck of every row.
 */

export const opcode = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/**
 * A frame from client to server. The mask is zero: the server unmasks all the same, and there is no proxy
 * on the way that an attacker's bytes could mislead, which is what masks are against.
 */
export function encodeFrame(code: number, payload: Uint8Array): Uint8Array {
  const { length } = payload
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const frame = new Uint8Array(2 + lengthBytes + 4 + length)
  frame[0] = 0x80 | code
  if (lengthBytes === 0) frame[1] = 0x80 | length
  else {
    frame[1] = 0x80 | (lengthBytes === 2 ? 126 : 127)
    const view = new DataView(frame.buffer)
    if (lengthBytes === 2) view.setUint16(2, length)
    else view.setBigUint64(2, BigInt(length))
  }
  frame.set(payload, 6 + lengthBytes)
  return frame
}

const encoder = new TextEncoder()
export const encodeText = (text: string): Uint8Array => encodeFrame(opcode.text, encoder.encode(text))

/** Called with each frame's payload: `bytes` from `start` to `end`, good only during the call. */
export type OnFrame = (code: number, bytes: Uint8Array, start: number, end: number) => void

/** Cuts a stream of chunks into frames. Keeps bytes only where a frame spans two chunks. */
export class FrameReader {
  #rest: Uint8Array | undefined

  read(chunk: Uint8Array, onFrame: OnFrame): void {
    const bytes = this.#rest ? joined(this.#rest, chunk) : chunk
    let at = 0
    // Positions are numbers and not objects: this runs once for each of a million deliveries.
    for (;;) {
      const start = payloadStart(bytes, at)
      if (start === notWhole) break
      const end = start + payloadLength(bytes, at, start)
      if (end > bytes.length) break
      onFrame((bytes[at] ?? 0) & 0x0f, bytes, start, end)
      at = end
    }
    // A copy, since the runtime reuses the chunk.
    this.#rest = at < bytes.length ? bytes.slice(at) : undefined
  }
}

const notWhole = -1

/** Where the payload of the frame that begins at `at` begins; `notWhole` while its header isn't there. */
function payloadStart(bytes: Uint8Array, at: number): number {
  const second = bytes[at + 1]
  if (second === undefined) return notWhole
  const start = at + (second < 126 ? 2 : second === 126 ? 4 : 10)
  return start > bytes.length ? notWhole : start
}

function payloadLength(bytes: Uint8Array, at: number, start: number): number {
  const second = bytes[at + 1] ?? 0
  if (second < 126) return second
  let length = 0
  for (let index = at + 2; index < start; index++) length = length * 256 + (bytes[index] ?? 0)
  return length
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}
