import { makeFrame, opcode } from './frames.ts'

/** What a client sends over a signed-in socket, and all that it may get. */
export interface Case {
  name: string
  frames: Buffer[]
  /** The ids of the replies, or `!` and the code of an error without one. */
  replies?: string[]
  /** The payloads of the pongs. */
  pongs?: string[]
  /**
   * The code with which the server closes; `empty` for a close without one. Without this the socket stays.
   */
  closed?: number | 'empty'
  /** The frames end inside a message, which goes on with this if the socket is still there. */
  restOfMessage?: Buffer
}

/** A call whose reply holds the text, so that what was read is seen: the contract has no echo. */
export const callText = (id: string): string => JSON.stringify({ id, method: 'ping' })

/** A call of so many bytes: white space around JSON is none of its matter. */
export const callOf = (id: string, bytes: number): string => callText(id).padEnd(bytes)

export const text = (payload: string | Buffer): Buffer => makeFrame(opcode.text, payload)
export const ping = (payload: string | Buffer = ''): Buffer => makeFrame(opcode.ping, payload)

/** A message in as many frames as there are parts. */
export const fragments = (...parts: (string | Buffer)[]): Buffer[] =>
  parts.map((part, index) =>
    makeFrame(index === 0 ? opcode.text : opcode.continuation, part, { fin: index === parts.length - 1 }),
  )

/** The payload in parts of so many bytes, wherever that cuts. */
export function chopped(payload: string | Buffer, bytes: number): Buffer[] {
  const whole = Buffer.from(payload)
  const parts: Buffer[] = []
  for (let at = 0; at < whole.length; at += bytes) parts.push(whole.subarray(at, at + bytes))
  return parts
}

export const protocolError = 1002
export const notUtf8 = 1007
export const tooBig = 1009
export const impossibleFrame = 4400
