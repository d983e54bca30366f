import { z } from 'zod'
import { keyedDigest16 } from '../../../lib/hash.ts'
import { deriveKey } from '../../../lib/secret-file.ts'
import { DatabaseUnavailable } from '../database-unavailable.ts'
import type { Statements } from '../statements.ts'

/*
 * What `meta` says of a move, on either side. An installation goes on in one place:
 *
 *   source   (nothing) ──▶ leaving ──▶ left                       a server takes `leaving` away
 *   target   (nothing) ──▶ arriving ──▶ arrived ──▶ (nothing)     at the first start, with the same SECRET
 *
 * What has `left` or is `arriving` isn't served: else two histories could grow under one epoch.
 */
const allMarks = z
  .object({
    /** The move whose copy this database still is as it was read. */
    leaving: z.object({ move: z.string() }),
    /** It goes on elsewhere. */
    left: z.object({ move: z.string(), to: z.string() }),
    /** How far it has come: rows of a table up to a key are here, and all of the tables before it. */
    arriving: z.object({
      move: z.string(),
      /** Counts what was written: who writes the next step is at this one. */
      step: z.int(),
      table: z.string().nullable(),
      after: z.array(z.union([z.string(), z.number()])).nullable(),
      rows: z.int(),
    }),
    /** Whole, and not served yet. By this its SECRET is known. */
    arrived: z.object({ secret: z.string() }),
  })
  .partial()
export type Marks = z.infer<typeof allMarks>
type Name = keyof Marks
export type Arriving = NonNullable<Marks['arriving']>

const named = 'move '

/**
 * The rows of `meta` that move: but for those of this page, for which server it was on (`history`), and for
 * how far a change of keys has come, which is told in the engine's own words. What is resealed twice is the
 * same.
 */
export const movedMeta = `t.name NOT LIKE '${named}%' AND t.name NOT IN ('reseal', 'history')`

export async function readMarks(statements: Statements): Promise<Marks> {
  const rows = await statements.rows(`SELECT name, value FROM meta WHERE name LIKE '${named}%'`)
  const parsed = z.array(z.object({ name: z.string(), value: z.string() })).parse(rows)
  return allMarks.parse(
    Object.fromEntries(parsed.map(({ name, value }) => [name.slice(named.length), JSON.parse(value)])),
  )
}

/** The name and the value of the row that says how far it has come. */
export const arrivingRow = (mark: Arriving): [string, string] => [`${named}arriving`, JSON.stringify(mark)]

/** Says one thing, and another no more, in one flush. */
export async function mark<Of extends Name>(
  statements: Statements,
  name: Of,
  value: NonNullable<Marks[Of]>,
  { no }: { no?: Name } = {},
): Promise<void> {
  const insert =
    'INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value'
  const remove = no === undefined ? [] : [`DELETE FROM meta WHERE name = '${named}${no}'`]
  await statements.changeAll([insert, ...remove], [named + name, JSON.stringify(value)])
}

/** What tells one SECRET from another, and nothing else of it. */
export const knownBy = (secret: string): string =>
  Buffer.from(keyedDigest16(deriveKey(secret, 'moves'), 'known by')).toString('hex')

/**
 * Looks whether a database may be served, before anything is written to it; `anew` where another history is
 * to begin there. A copy that was being made of it is stale from then on.
 *
 * Throws DatabaseUnavailable for what goes on elsewhere, is only partly here, or came with another SECRET.
 */
export async function admitMoved(
  statements: Statements,
  { hasTables, secret, anew }: { hasTables: boolean; secret: string; anew: boolean },
): Promise<void> {
  if (!hasTables) return
  const marks = await readMarks(statements)
  if (Object.keys(marks).length === 0) return
  if (marks.arriving)
    throw unavailable('a migration to this database was not finished: run it again, and it goes on')
  if (marks.left && !anew)
    throw unavailable(
      `this installation was moved to ${marks.left.to}: start it there, or begin another history here by epoch new`,
    )
  if (marks.arrived && marks.arrived.secret !== knownBy(secret))
    throw unavailable('SECRET is another one than this installation had before it was moved here')
  await statements.change(`DELETE FROM meta WHERE name LIKE '${named}%'`)
}

const unavailable = (why: string) => new DatabaseUnavailable(why, { reason: 'moved' })
