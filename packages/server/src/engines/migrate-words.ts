import { resolve } from 'node:path'
import { readWords, WrongWords } from '../lib/command-words.ts'

const usage = `usage: migrate --from PLACE --to PLACE

Moves an installation between SQLite and PostgreSQL. A PLACE is a data folder, or the address of a database as
DATABASE_URL has it; one of them is a folder. Its files go from and to the folder, or DATA_DIR. No server may run
on either. Ended anywhere, it goes on when it is run again.`

export type Place = { folder: string } | { url: string }

const options = { from: { type: 'string' }, to: { type: 'string' } } as const

/** Reads the words after `migrate`. Throws WrongWords with a line that says what is wrong. */
export function parseMigrateWords(words: readonly string[]): { from: Place; to: Place } {
  const { from, to } = readWords(words, { options, usage })
  if (from === undefined || to === undefined) throw wrong('--from and --to are both needed')
  const places = { from: placeOf(from), to: placeOf(to) }
  if ('url' in places.from === 'url' in places.to)
    throw wrong(
      'one place is a data folder, the other PostgreSQL: between two alike, copy the folder, or use pg_dump',
    )
  return places
}

const placeOf = (text: string): Place =>
  /^postgres(ql)?:/.test(text) ? { url: text } : { folder: resolve(text) }

const wrong = (problem: string) => new WrongWords(problem, { usage })
