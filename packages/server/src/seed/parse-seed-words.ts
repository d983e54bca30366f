import { readWords, WrongWords } from '../lib/command-words.ts'
import type { SeedSize } from './seed.ts'

const usage = `usage: seed [--users N] [--conversations N] [--members N] [--channel N] [--messages N] [--senders N]
            [--out FILE]

Fills the empty data folder DATA_DIR with people, conversations of so many members each, a public channel
of the first N users, and messages, which the first N members of each conversation send in turn. FILE gets
their ids and a bearer token each, as JSON; whoever has it can sign in as any of them.`

const options = {
  users: { type: 'string', default: '100' },
  conversations: { type: 'string', default: '200' },
  members: { type: 'string', default: '10' },
  channel: { type: 'string', default: '0' },
  messages: { type: 'string', default: '2000' },
  senders: { type: 'string' },
  out: { type: 'string' },
} as const

/** Reads the words after `seed`. Throws WrongWords with a line that says what is wrong. */
export function parseSeedWords(words: readonly string[]): SeedSize & { out: string | undefined } {
  const values = readWords(words, { options, usage })
  const size = {
    users: wholeNumber('users', values.users, { from: 1 }),
    conversations: wholeNumber('conversations', values.conversations, { from: 0 }),
    members: wholeNumber('members', values.members, { from: 2 }),
    channel: wholeNumber('channel', values.channel, { from: 0 }),
    messages: wholeNumber('messages', values.messages, { from: 0 }),
    senders: wholeNumber('senders', values.senders ?? values.users, { from: 1 }),
  }
  if (size.members > size.users) throw wrong('--members must be no more than --users')
  if (size.channel > size.users) throw wrong('--channel must be no more than --users')
  if (size.messages > 0 && size.conversations === 0 && size.channel === 0) {
    throw wrong('--messages needs --conversations or --channel')
  }
  return { ...size, out: values.out }
}

function wholeNumber(name: string, text: string, { from }: { from: number }): number {
  const number = Number(text)
  if (!/^\d{1,8}$/.test(text) || number < from) {
    throw wrong(`--${name} must be a whole number from ${from}, not ${JSON.stringify(text)}`)
  }
  return number
}

const wrong = (problem: string) => new WrongWords(problem, { usage })
