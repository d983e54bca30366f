import { expect, test } from 'bun:test'
import { codePoints, isBlank, isStorable, storableText } from './text.ts'

test('[TEXT1] characters are counted as Unicode code points, not as UTF-16 units', () => {
  expect(['', 'abc', 'é', '😀', '👩‍👩‍👧'].map(codePoints)).toEqual([0, 3, 1, 1, 5])
})

test('[TEXT2] NUL and a lone surrogate cannot be stored; every other text can', () => {
  expect(['a\0b', '\ud83d', '\ude00x'].map(isStorable)).toEqual([false, false, false])
  expect(['', '😀', '\u0007', 'שלום', '\u202e'].map(isStorable)).toEqual([true, true, true, true, true])
})

test('[TEXT3] a text may have as many code points as its limit, and not one more', () => {
  const text = storableText(5)
  expect(text.safeParse('😀'.repeat(5)).success).toBe(true)
  expect(text.safeParse('😀'.repeat(6)).success).toBe(false)
})

test('[TEXT4] white space alone is blank', () => {
  expect([' \n\t', '\u00a0', '.'].map(isBlank)).toEqual([true, true, false])
})
