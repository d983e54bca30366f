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
    for (;;) {
      const head = headerAt(bytes, at)
      if (!head || head.end > bytes.length) break
      onFrame((bytes[at] ?? 0) & 0x0f, bytes, head.start, head.end)
      at = head.end
    }
    // A copy, since the runtime reuses the chunk.
    this.#rest = at < bytes.length ? bytes.slice(at) : undefined
  }
}

/** Where the payload of the frame that begins at `at` lies; undefined while its header is not whole. */
function headerAt(bytes: Uint8Array, at: number): { start: number; end: number } | undefined {
  const second = bytes[at + 1]
  if (second === undefined) return undefined
  if (second < 126) return { start: at + 2, end: at + 2 + second }
  const wide = second === 127
  const start = at + (wide ? 10 : 4)
  if (start > bytes.length) return undefined
  let length = 0
  for (let index = at + 2; index < start; index++) length = length * 256 + (bytes[index] ?? 0)
  return { start, end: start + length }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}
