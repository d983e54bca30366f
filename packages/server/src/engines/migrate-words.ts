import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

const usage = `usage: migrate --from PLACE --to PLACE

Moves an installation between SQLite and PostgreSQL. A PLACE is a data folder, or the address of a database as
DATABASE_URL has it; one of them is a folder. Its files go from and to the folder, or DATA_DIR. No server may run
on either. Ended anywhere, it goes on when it is run again.`

export class WrongMigrateWords extends Error {
  override readonly name = 'WrongMigrateWords'
  /** EX_USAGE of sysexits.h. */
  readonly exitStatus = 64

  constructor(problem: string, options?: ErrorOptions) {
    super(`${problem}\n${usage}`, options)
  }
}

export type Place = { folder: string } | { url: string }

/** Reads the words after `migrate`. Throws WrongMigrateWords with a line that says what is wrong. */
export function parseMigrateWords(words: readonly string[]): { from: Place; to: Place } {
  const { from, to } = read(words)
  if (from === undefined || to === undefined) throw new WrongMigrateWords('--from and --to are both needed')
  const places = { from: placeOf(from), to: placeOf(to) }
  if ('url' in places.from === 'url' in places.to)
    throw new WrongMigrateWords(
      'one place is a data folder, the other PostgreSQL: between two alike, copy the folder, or use pg_dump',
    )
  return places
}

function read(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: { from: { type: 'string' }, to: { type: 'string' } } })
      .values
  } catch (cause) {
    throw new WrongMigrateWords(cause instanceof Error ? cause.message : 'wrong words', { cause })
  }
}

const placeOf = (text: string): Place =>
  /^postgres(ql)?:/.test(text) ? { url: text } : { folder: resolve(text) }
