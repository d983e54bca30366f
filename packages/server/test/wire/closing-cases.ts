import { type Case, callText, notUtf8, ping, protocolError, text } from './case.ts'
import { makeFrame, opcode } from './frames.ts'

const closing = (code: number, reason: string | Buffer = ''): Buffer => {
  const payload = Buffer.alloc(2)
  payload.writeUInt16BE(code)
  return makeFrame(opcode.close, Buffer.concat([payload, Buffer.from(reason)]))
}

/** What an endpoint may say: RFC 6455, 7.4.1, the registry since then (1012 to 1014), and 7.4.2. */
const codes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4401, 4999]
const registeredLater = [1012, 1013, 1014]
const wrongCodes = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]

export const closings: Case[] = [
  { name: 'no code', frames: [makeFrame(opcode.close)], closed: 'empty' },
  ...[...codes, ...registeredLater].map((code) => ({
    name: `code ${code}`,
    frames: [closing(code)],
    closed: code,
  })),
  { name: 'a reason', frames: [closing(1000, 'κόσμε')], closed: 1000 },
  { name: 'a reason of 123 bytes', frames: [closing(1000, 'x'.repeat(123))], closed: 1000 },
  {
    name: 'inside a text in fragments',
    frames: [makeFrame(opcode.text, '{', { fin: false }), closing(1000)],
    closed: 1000,
  },
  { name: 'a ping after it', frames: [closing(1000), ping('late')], closed: 1000 },
  { name: 'a call after it', frames: [closing(1000), text(callText('late'))], closed: 1000 },
  { name: 'a second one after it', frames: [closing(1000), closing(1001)], closed: 1000 },
  { name: 'nonsense after it', frames: [closing(1000), makeFrame(15, 'x', { reserved: 7 })], closed: 1000 },
]

export const wrongClosings: Case[] = [
  ...wrongCodes.map((code) => ({ name: `code ${code}`, frames: [closing(code)], closed: protocolError })),
  { name: 'half a code', frames: [makeFrame(opcode.close, Buffer.from([3]))], closed: protocolError },
  { name: 'a reason of 124 bytes', frames: [closing(1000, 'x'.repeat(124))], closed: protocolError },
  {
    name: 'a close in fragments',
    frames: [makeFrame(opcode.close, '', { fin: false })],
    closed: protocolError,
  },
  {
    name: 'a close without a mask',
    frames: [makeFrame(opcode.close, '', { mask: null })],
    closed: protocolError,
  },
  {
    name: 'a reason that is no UTF-8',
    frames: [closing(1000, Buffer.from('cebaeda080', 'hex'))],
    closed: notUtf8,
  },
]
