import { type Case, callText, chopped, fragments, notUtf8, ping, text } from './case.ts'
import { makeFrame, opcode } from './frames.ts'

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')

/** A call whose id is these bytes, whatever they are. */
const around = (id: Buffer) => Buffer.concat([Buffer.from('{"id":"'), id, Buffer.from('","method":"ping"}')])

/** The first and last of each length, and what only looks wrong. */
const wellFormed = {
  'U+0020': '20',
  'U+007F': '7f',
  'U+0080': 'c280',
  'U+07FF': 'dfbf',
  'U+0800': 'e0a080',
  'U+D7FF, before the surrogates': 'ed9fbf',
  'U+E000, after them': 'ee8080',
  'U+FFFD': 'efbfbd',
  'U+FFFE, no character': 'efbfbe',
  'U+FFFF, no character': 'efbfbf',
  'U+10000': 'f0908080',
  'U+1FFFE, no character': 'f09fbfbe',
  'U+10FFFF': 'f48fbfbf',
  'Greek, of two and three bytes': 'cebae1bdb9cf83cebcceb5',
}

/** After Markus Kuhn's list, as the Autobahn suite has it. */
const broken = {
  'a continuation byte alone': '80',
  'the last continuation byte alone': 'bf',
  'seven continuation bytes': '80bf80bf80bf80',
  'a start of two bytes and no more': 'c3',
  'a start of two bytes before a space': 'c320',
  'a start of three bytes cut after two': 'e0a0',
  'a start of four bytes cut after three': 'f0908f',
  'all starts, each before a space': 'c020e020f020',
  FE: 'fe',
  FF: 'ff',
  'FE FE FF FF': 'fefeffff',
  'a slash in two bytes': 'c0af',
  'a slash in three bytes': 'e080af',
  'a slash in four bytes': 'f08080af',
  'NUL in two bytes': 'c080',
  'U+007F in two bytes': 'c1bf',
  'U+07FF in three bytes': 'e09fbf',
  'U+FFFF in four bytes': 'f08fbfbf',
  'the first high surrogate': 'eda080',
  'the last high surrogate': 'edafbf',
  'the first low surrogate': 'edb080',
  'a pair of surrogates': 'eda080edb080',
  'U+110000': 'f4908080',
  'five bytes': 'f888808080',
  'six bytes': 'fc8480808080',
}

export const texts: Case[] = Object.entries(wellFormed).flatMap(([name, hex]) => {
  const payload = around(bytes(hex))
  const replies = [bytes(hex).toString()]
  return [
    { name, frames: [text(payload)], replies },
    { name: `${name}, a fragment a byte`, frames: fragments(...chopped(payload, 1)), replies },
  ]
})

export const brokenTexts: Case[] = Object.entries(broken).flatMap(([name, hex]) => {
  const payload = around(bytes(hex))
  return [
    { name, frames: [text(payload)], closed: notUtf8 },
    { name: `${name}, a fragment a byte`, frames: fragments(...chopped(payload, 1)), closed: notUtf8 },
    {
      name: `${name}, before a right text`,
      frames: [text(bytes(hex)), text(callText('a'))],
      closed: notUtf8,
    },
  ]
})

/**
 * The first fragment can't be mended by what follows. RFC 6455, 8.1, lets a server fail then or at the end;
 * the runtime looks at whole messages, so it is at the end. The bytes held until then are bounded by 1 MiB.
 */
export const lateTexts: Case[] = ['cebae1bdb9cf83cebcceb5f4908080', 'ff', 'eda080'].map((hex) => ({
  name: `${hex} in a first fragment`,
  frames: [makeFrame(opcode.text, bytes(hex), { fin: false }), ping('still here')],
  pongs: ['still here'],
  restOfMessage: makeFrame(opcode.continuation, 'edited'),
  closed: notUtf8,
}))
