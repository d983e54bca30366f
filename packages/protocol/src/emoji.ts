import { z } from 'zod'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
/** No emoji of Unicode 17 takes more; the longest are families and flags with tags. */
const emojiUnitsMax = 64

/**
 * One emoji: a single grapheme cluster (UAX #29) that is, or is built on, a pictograph, a flag or a keycap.
 */
export function isEmoji(text: string): boolean {
  if (text.length === 0 || text.length > emojiUnitsMax || !text.isWellFormed()) return false
  const [first, second] = graphemes.segment(text)
  if (first === undefined || second !== undefined) return false
  return /\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3/u.test(text)
}

export const emoji = z.string().refine(isEmoji, 'must be one emoji')
