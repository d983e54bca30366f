import { expect, test } from 'bun:test'
import { callParams } from './calls.ts'
import { defaultLimits } from './limits.ts'
import { requests } from './requests.ts'

const { newMessage, newConversation, profileChange } = requests(defaultLimits)
const other = '01900000-0000-7000-8000-00000000000b'

test('[REQ1] a message needs a clientId of 1 to 64 characters, and text, an attachment or a forward', () => {
  expect(newMessage.safeParse({ clientId: 'x', text: 'hi' }).success).toBe(true)
  expect(newMessage.safeParse({ clientId: 'x'.repeat(64), attachmentIds: [other] }).success).toBe(true)
  for (const refused of [
    { text: 'hi' },
    { clientId: '', text: 'hi' },
    { clientId: 'x'.repeat(65), text: 'hi' },
    { clientId: 'x' },
    { clientId: 'x', text: '  ' },
    { clientId: 'x', text: 7 },
    { clientId: 'x', text: 'hi', replyToSeq: 0 },
    { clientId: 'x', text: 'a'.repeat(5_001) },
  ]) {
    expect([refused, newMessage.safeParse(refused).success]).toEqual([refused, false])
  }
})

test('[REQ2] a direct conversation is with one user, others have a name, and only channels are public', () => {
  expect(newConversation.safeParse({ kind: 'direct', memberIds: [other] }).success).toBe(true)
  expect(newConversation.safeParse({ kind: 'channel', name: 'All', visibility: 'public' }).success).toBe(true)
  for (const refused of [
    { kind: 'direct', memberIds: [] },
    { kind: 'direct', memberIds: [other, other] },
    { kind: 'group', memberIds: [other] },
    { kind: 'group', name: ' ', memberIds: [other] },
    { kind: 'group', name: 'Us', visibility: 'public', memberIds: [other] },
    { kind: 'room', name: 'Us', memberIds: [other] },
    { kind: 'group', name: 'Us', memberIds: ['ben'] },
  ]) {
    expect([refused, newConversation.safeParse(refused).success]).toEqual([refused, false])
  }
})

test('[REQ3] a handle is 2 to 32 of a-z, 0-9 and _, and not “all”', () => {
  const accepted = ['ab', 'a_1', 'all_', 'a'.repeat(32)].map(
    (handle) => profileChange.safeParse({ handle }).success,
  )
  const refused = ['a', 'Ab', 'a-b', 'a'.repeat(33), 'ä1', 'all'].map(
    (handle) => profileChange.safeParse({ handle }).success,
  )
  expect({ accepted, refused }).toEqual({
    accepted: [true, true, true, true],
    refused: [false, false, false, false, false, false],
  })
})

test('[REQ5] a locale is a language tag and a time zone a name of the IANA database', () => {
  const accepted = [
    { locale: 'pt-BR', timezone: 'Europe/Paris' },
    { locale: null, timezone: null },
  ]
  const refused = [{ locale: '??' }, { locale: 'en\0' }, { timezone: 'Mars/X' }, { timezone: '' }]
  const successes = [...accepted, ...refused].map((change) => profileChange.safeParse(change).success)
  expect(successes).toEqual([true, true, false, false, false, false])
})

test('[REQ4] a page that asks for more than the most gets the most, and for less than one is refused', () => {
  const { history } = callParams(defaultLimits)
  expect(history.parse({ conversationId: other, limit: 1_000 }).limit).toBe(100)
  expect(history.parse({ conversationId: other }).limit).toBe(50)
  expect(history.safeParse({ conversationId: other, limit: 0 }).success).toBe(false)
  expect(history.safeParse({ conversationId: other, before: 3, after: 1 }).success).toBe(false)
})

test('[REQ6] a seq past every log stands for its end; what is no safe whole number is refused', () => {
  const far = Number.MAX_SAFE_INTEGER
  const calls = callParams(defaultLimits)
  const ends = [
    calls.read.parse({ conversationId: other, seq: far }).seq,
    calls.history.parse({ conversationId: other, before: far }).before,
    calls.events.parse({ conversationId: other, after: far }).after,
    calls['message.pin'].parse({ conversationId: other, seq: far }).seq,
  ]
  expect(ends).toEqual(ends.map(() => 2 ** 32 - 1))
  for (const seq of [-1, 0.5, far + 1, 1e300, '1'])
    expect([seq, calls.read.safeParse({ conversationId: other, seq }).success]).toEqual([seq, false])
})
