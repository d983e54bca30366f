import { z } from 'zod'

/** The number of Unicode code points in a well-formed string. */
export function codePoints(text: string): number {
  let surrogatePairs = 0
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit >= 0xd800 && unit <= 0xdbff) surrogatePairs++
  }
  return text.length - surrogatePairs
}

/** What every text of a person must be: whole Unicode (no lone surrogate) and without NUL. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

/** True where a reader would see nothing: white space alone is no message. */
export const isBlank = (text: string): boolean => text.trim() === ''

/** A text of at most `max` code points that can be stored as it is. */
export const storableText = (max: number) =>
  z
    .string()
    .refine(isStorable, 'must be whole Unicode text without NUL')
    .refine((text) => text.length <= max || codePoints(text) <= max, `must have at most ${max} characters`)
    // As JSON Schema counts too: code points.
    .meta({ maxLength: max, pattern: '^[^\\u0000]*$' })
