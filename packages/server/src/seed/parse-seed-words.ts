import { parseArgs } from 'node:util'
import type { SeedSize } from './seed.ts'

export const seedUsage = `usage: seed [--users N] [--conversations N] [--members N] [--messages N] [--out FILE]

Fills the empty data folder DATA_DIR with people, conversations and messages. FILE gets their ids and a
bearer token each, as JSON; whoever has it can sign in as any of them.`

export class WrongSeedWords extends Error {
  override readonly name = 'WrongSeedWords'
  /** EX_USAGE of sysexits.h. */
  readonly exitStatus = 64

  constructor(problem: string, options?: ErrorOptions) {
    super(`${problem}\n${seedUsage}`, options)
  }
}

/** Reads the words after `seed`. Throws WrongSeedWords with a line that says what is wrong. */
export function parseSeedWords(words: readonly string[]): SeedSize & { out: string | undefined } {
  const { values } = read(words)
  const size = {
    users: wholeNumber('users', values.users, { from: 1 }),
    conversations: wholeNumber('conversations', values.conversations, { from: 0 }),
    members: wholeNumber('members', values.members, { from: 2 }),
    messages: wholeNumber('messages', values.messages, { from: 0 }),
  }
  if (size.members > size.users) throw new WrongSeedWords('--members must be no more than --users')
  if (size.messages > 0 && size.conversations === 0) {
    throw new WrongSeedWords('--messages needs --conversations')
  }
  return { ...size, out: values.out }
}

function read(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        users: { type: 'string', default: '100' },
        conversations: { type: 'string', default: '200' },
        members: { type: 'string', default: '10' },
        messages: { type: 'string', default: '2000' },
        out: { type: 'string' },
      },
    })
  } catch (cause) {
    throw new WrongSeedWords(cause instanceof Error ? cause.message : 'wrong words', { cause })
  }
}

function wholeNumber(name: string, text: string, { from }: { from: number }): number {
  const number = Number(text)
  if (!/^\d{1,8}$/.test(text) || number < from) {
    throw new WrongSeedWords(`--${name} must be a whole number from ${from}, not ${JSON.stringify(text)}`)
  }
  return number
}
