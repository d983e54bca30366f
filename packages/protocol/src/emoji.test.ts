import { expect, test } from 'bun:test'
import { isEmoji } from './emoji.ts'

test('[EMOJI1] one grapheme cluster that is an emoji is one, however many code points it takes', () => {
  for (const text of ['👍', '👍🏿', '❤️', '❤', '👨‍👩‍👧‍👦', '🏴󠁧󠁢󠁷󠁬󠁳󠁿', '🇫🇷', '#️⃣', '🧑🏽‍🚀', '😶‍🌫️']) {
    expect([text, isEmoji(text)]).toEqual([text, true])
  }
})

test('[EMOJI2] letters, digits, two of them and broken text are none', () => {
  for (const text of ['', 'a', '7', ' ', '👍👎', '👍 ', '\ud83d', '\0', '🇫', 'é', '👍'.repeat(40)]) {
    expect([text, isEmoji(text)]).toEqual([text, false])
  }
})
