import { z } from 'zod'

/** The parts of a list of words that commas part. */
export const list = (text: string): string[] => text.split(',').map((part) => part.trim())

export const wholeNumber = (from: number, to: number) => {
  const message = `must be a whole number from ${from} to ${to}`
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((number) => number >= from && number <= to, message)
}

export const oneOf = <const Word extends string>(...words: Word[]) =>
  z.enum(words, `must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`)

/** One or several, in the order of those known. */
export const someOf = <const Word extends string>(known: readonly Word[]) => {
  const message = `must be words of ${known.join(', ')}, parted by commas`
  return z
    .string()
    .refine((text) => list(text).every((part) => known.some((word) => word === part)), message)
    .transform((text) => known.filter((word) => list(text).includes(word)))
}

/** What `parse` makes of the text. Undefined refuses it with the message. */
export const parsedBy = <Parsed>(parse: (text: string) => Parsed | undefined, message: string) =>
  z.string().transform((text, context) => {
    const parsed = parse(text)
    if (parsed !== undefined) return parsed
    context.addIssue(message)
    return z.NEVER
  })
