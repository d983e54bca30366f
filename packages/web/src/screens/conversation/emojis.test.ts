import { expect, test } from 'bun:test'
import { asKeyboardsWrite, emojiGroups } from './emojis.ts'

test('[WEB31] a pasted emoji that lacks its presentation selector is the one that keyboards write', () => {
  expect(['\u2764', '\u2600', '\u260e'].map(asKeyboardsWrite)).toEqual(['❤️', '☀️', '☎️'])
  const whole = ['❤️', '👍', '👍🏿', '🏳️‍🌈', '🇫🇷', '#️⃣', 'heart', '']
  expect(whole.map(asKeyboardsWrite)).toEqual(whole)
  const offered = emojiGroups.flatMap(({ emojis }) => emojis.map(({ emoji }) => emoji))
  expect(offered.map(asKeyboardsWrite)).toEqual(offered)
})
