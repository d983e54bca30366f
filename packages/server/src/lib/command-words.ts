import { type ParseArgsConfig, parseArgs } from 'node:util'

/** A command was given words that it can't do anything by: what is wrong, and below it how they are put. */
export class WrongWords extends Error {
  override readonly name = 'WrongWords'
  /** EX_USAGE of sysexits.h. */
  readonly exitStatus = 64

  constructor(problem: string, { usage, cause }: { usage: string; cause?: unknown }) {
    super(`${problem}\n${usage}`, { cause })
  }
}

/** The values of the options of a command, by their names. Throws WrongWords for any word beside them. */
export function readWords<const Options extends NonNullable<ParseArgsConfig['options']>>(
  words: readonly string[],
  { options, usage }: { options: Options; usage: string },
) {
  try {
    return parseArgs({ args: [...words], options }).values
  } catch (cause) {
    throw new WrongWords(cause instanceof Error ? cause.message : 'wrong words', { usage, cause })
  }
}
