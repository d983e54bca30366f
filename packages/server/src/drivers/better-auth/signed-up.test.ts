import { expect, test } from 'bun:test'
import { signToken } from './signed-token.ts'
import { signedUp, signUpAgainMs } from './signed-up.ts'

test('[DOOR11] the word of one who signed up is for that address and that hour, and no other word is', () => {
  const [secret, email] = ['a secret for tests', 'ann@example.com']
  let now = 0
  const words = signedUp({ secret, now: () => now })
  const word = words.wordFor(email)
  const of = new Bun.CryptoHasher('sha256').update(email).digest('base64url')
  const says = (text: string) => words.isOf(signToken(text, secret), email)
  expect(words.isOf(word, email)).toBe(true)
  expect(says(`signed-up ${signUpAgainMs} ${of}`)).toBe(true)
  expect(says(`something-else ${signUpAgainMs} ${of}`)).toBe(false)
  expect(words.isOf(signToken(`signed-up ${signUpAgainMs} ${of}`, 'another secret'), email)).toBe(false)
  expect(words.isOf(word, 'bob@example.com')).toBe(false)
  expect(words.isOf(undefined, email)).toBe(false)
  now = signUpAgainMs
  expect(words.isOf(word, email)).toBe(false)
})
