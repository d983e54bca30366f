/** Frames of RFC 6455, 5.2, made and read by hand, wrong ones too. */
export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

export interface Frame {
  fin: boolean
  /** The three reserved bits as a number, RSV1 the highest. */
  reserved: number
  opcode: number
  masked: boolean
  payload: Buffer
}

export interface FrameShape {
  fin?: boolean
  reserved?: number
  /** Given as null, the frame isn't masked. */
  mask?: number | null
  /** How the length is written, whatever it is; by default as short as it can be. */
  lengthBits?: 7 | 16 | 64
  /** A length that isn't the payload's own. */
  length?: bigint
}

/** Any mask but zero, so that who forgets to unmask is seen. */
const someMask = 0x37fa213d

export function makeFrame(
  code: number,
  payload: string | Buffer = '',
  { fin = true, reserved = 0, mask = someMask, lengthBits, length }: FrameShape = {},
): Buffer {
  const content = typeof payload === 'string' ? Buffer.from(payload) : payload
  const told = length ?? BigInt(content.length)
  const first = (fin ? 0x80 : 0) | (reserved << 4) | code
  const isMasked = mask === null ? 0 : 0x80
  const bits = lengthBits ?? (told < 126n ? 7 : told < 65_536n ? 16 : 64)
  const head = Buffer.from([first, isMasked | (bits === 7 ? Number(told) : bits === 16 ? 126 : 127)])
  const parts = [head, ...(bits === 7 ? [] : [bigEndian(told, bits)])]
  return mask === null
    ? Buffer.concat([...parts, content])
    : Buffer.concat([...parts, bigEndian(BigInt(mask), 32), masked(content, mask)])
}

function bigEndian(value: bigint, bits: 16 | 32 | 64): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes.subarray(8 - bits / 8)
}

function masked(content: Buffer, mask: number): Buffer {
  const key = bigEndian(BigInt(mask), 32)
  return Buffer.from(content.map((byte, index) => byte ^ (key[index % 4] ?? 0)))
}

/** The whole frames at the beginning of the bytes, and the bytes after them. */
export function parseFrames(bytes: Buffer): { frames: Frame[]; rest: Buffer } {
  const frames: Frame[] = []
  let at = 0
  while (at + 2 <= bytes.length) {
    const short = bytes.readUInt8(at + 1) & 0x7f
    const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0
    const isMasked = bytes.readUInt8(at + 1) >= 0x80
    const start = at + 2 + lengthBytes + (isMasked ? 4 : 0)
    if (start > bytes.length) break
    const length =
      short === 127
        ? Number(bytes.readBigUInt64BE(at + 2))
        : short === 126
          ? bytes.readUInt16BE(at + 2)
          : short
    if (start + length > bytes.length) break
    const first = bytes.readUInt8(at)
    frames.push({
      fin: first >= 0x80,
      reserved: (first >> 4) & 7,
      opcode: first & 15,
      masked: isMasked,
      payload: bytes.subarray(start, start + length),
    })
    at = start + length
  }
  return { frames, rest: bytes.subarray(at) }
}
