import {
  type Case,
  callOf,
  callText,
  chopped,
  fragments,
  impossibleFrame,
  ping,
  protocolError,
  text,
  tooBig,
} from './case.ts'
import { makeFrame, opcode } from './frames.ts'

const frameBytesMax = 1024 * 1024
const call = text(callText('a'))
const [head, tail] = [callText('a').slice(0, 7), callText('a').slice(7)]
const first = makeFrame(opcode.text, head, { fin: false })
const last = makeFrame(opcode.continuation, tail)

/** Lengths around those at which the header changes (RFC 6455, 5.2). */
export const lengths: Case[] = [
  { name: 'no payload is no JSON', frames: [text('')], replies: ['!-32700'] },
  ...[24, 125, 126, 127, 128, 65_535, 65_536, frameBytesMax].map((bytes) => ({
    name: `a text of ${bytes} bytes`,
    frames: [text(callOf('a', bytes))],
    replies: ['a'],
  })),
  ...([16, 64] as const).map((lengthBits) => ({
    // 5.2 tells senders to be short; no receiver need mind, and nobody is misled.
    name: `a short length in ${lengthBits} bits`,
    frames: [makeFrame(opcode.text, callText('a'), { lengthBits })],
    replies: ['a'],
  })),
  ...[0, 1, 125, 126, 65_536].map((bytes) => ({
    name: `binary data of ${bytes} bytes is of no use here`,
    frames: [makeFrame(opcode.binary, Buffer.alloc(bytes, 0xfe))],
    closed: impossibleFrame,
  })),
  {
    name: 'binary data in fragments',
    frames: [makeFrame(opcode.binary, 'a', { fin: false }), makeFrame(opcode.continuation, 'b')],
    closed: impossibleFrame,
  },
]

export const sizes: Case[] = [
  { name: 'one byte above 1 MiB', frames: [text(callOf('a', frameBytesMax + 1))], closed: tooBig },
  ...[BigInt(frameBytesMax) + 1n, 1n << 32n, (1n << 63n) - 1n].map((length) => ({
    name: `a length of ${length}, before any of it`,
    frames: [makeFrame(opcode.text, '', { length })],
    closed: tooBig,
  })),
  {
    name: 'fragments of 1 MiB together',
    frames: fragments(...chopped(callOf('a', frameBytesMax), 65_536)),
    replies: ['a'],
  },
  {
    name: 'fragments of 1 MiB and a byte together',
    frames: fragments(...chopped(callOf('a', frameBytesMax + 1), 65_536)),
    closed: tooBig,
  },
  {
    name: 'a ping between all the fragments of 1 MiB',
    frames: fragments(...chopped(callOf('a', frameBytesMax), 65_536)).flatMap((part) => [ping('x'), part]),
    replies: ['a'],
    pongs: Array(16).fill('x'),
  },
  {
    name: '65,536 bytes in fragments of 1,300',
    frames: fragments(...chopped(callOf('a', 65_536), 1_300)),
    replies: ['a'],
  },
]

export const masks: Case[] = [
  {
    name: 'a text without a mask',
    frames: [makeFrame(opcode.text, callText('a'), { mask: null })],
    closed: protocolError,
  },
  {
    name: 'a ping without a mask',
    frames: [makeFrame(opcode.ping, '', { mask: null })],
    closed: protocolError,
  },
  {
    name: 'a continuation without a mask',
    frames: [first, makeFrame(opcode.continuation, tail, { mask: null })],
    closed: protocolError,
  },
  ...[0, 1, 0xff_00_00_00, 0xff_ff_ff_ff].map((mask) => ({
    name: `a mask of ${mask.toString(16)}`,
    frames: [makeFrame(opcode.text, callText('a'), { mask })],
    replies: ['a'],
  })),
]

export const pings: Case[] = [
  { name: 'a ping without payload', frames: [ping()], pongs: [''] },
  {
    name: 'a ping of bytes that are no text',
    frames: [ping(Buffer.from([0, 0xff, 0xfe, 0x80]))],
    pongs: ['\0\xff\xfe\x80'],
  },
  { name: 'a ping of 125 bytes', frames: [ping('x'.repeat(125))], pongs: ['x'.repeat(125)] },
  { name: 'a ping of 126 bytes', frames: [ping('x'.repeat(126))], closed: protocolError },
  {
    name: 'a ping whose length takes 16 bits',
    frames: [makeFrame(opcode.ping, 'x', { lengthBits: 16 })],
    closed: protocolError,
  },
  { name: 'a pong that nobody asked for', frames: [makeFrame(opcode.pong, 'x')] },
  { name: 'a pong without payload', frames: [makeFrame(opcode.pong)] },
  {
    name: 'ten pings, each answered, in order',
    frames: Array.from({ length: 10 }, (_, index) => ping(`${index}`)),
    pongs: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  },
]

export const reserved: Case[] = [1, 2, 3, 4, 5, 6, 7].flatMap((bits) =>
  [opcode.text, opcode.ping, opcode.close].map((code) => ({
    name: `the reserved bits ${bits.toString(2).padStart(3, '0')} with opcode ${code}`,
    frames: [call, makeFrame(code, code === opcode.text ? callText('b') : '', { reserved: bits })],
    replies: ['a'],
    closed: protocolError,
  })),
)

export const opcodes: Case[] = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((code) =>
  ['', callText('b')].map((payload) => ({
    name: `opcode ${code} ${payload ? 'with' : 'without'} a payload`,
    frames: [call, makeFrame(code, payload)],
    replies: ['a'],
    closed: protocolError,
  })),
)

export const fragmented: Case[] = [
  { name: 'a text in two fragments', frames: [first, last], replies: ['a'] },
  { name: 'a fragment a byte', frames: fragments(...chopped(callText('a'), 1)), replies: ['a'] },
  {
    name: 'empty fragments before, between and after',
    frames: fragments('', head, '', tail, ''),
    replies: ['a'],
  },
  { name: 'nothing but empty fragments', frames: fragments('', '', ''), replies: ['!-32700'] },
  { name: 'a ping between fragments', frames: [first, ping('x'), last], pongs: ['x'], replies: ['a'] },
  { name: 'a pong between fragments', frames: [first, makeFrame(opcode.pong, 'x'), last], replies: ['a'] },
  { name: 'two messages one after the other', frames: [first, last, first, last], replies: ['a', 'a'] },
  {
    name: 'a ping in fragments',
    frames: [makeFrame(opcode.ping, 'x', { fin: false }), makeFrame(opcode.continuation, 'y')],
    closed: protocolError,
  },
  {
    name: 'a pong in fragments',
    frames: [makeFrame(opcode.pong, 'x', { fin: false }), makeFrame(opcode.continuation, 'y')],
    closed: protocolError,
  },
  {
    name: 'a ping in fragments inside a text',
    frames: [first, makeFrame(opcode.ping, 'x', { fin: false }), last],
    closed: protocolError,
  },
  { name: 'a last continuation of nothing', frames: [last], closed: protocolError },
  {
    name: 'a continuation of nothing that goes on',
    frames: [makeFrame(opcode.continuation, head, { fin: false }), last],
    closed: protocolError,
  },
  {
    name: 'a continuation after the last',
    frames: [first, last, last],
    replies: ['a'],
    closed: protocolError,
  },
  { name: 'a continuation after a whole text', frames: [call, last], replies: ['a'], closed: protocolError },
  { name: 'a text inside a text', frames: [first, call], closed: protocolError },
  { name: 'the first fragment of a text inside a text', frames: [first, first], closed: protocolError },
  {
    name: 'binary data inside a text',
    frames: [first, makeFrame(opcode.binary, 'x')],
    closed: protocolError,
  },
]
