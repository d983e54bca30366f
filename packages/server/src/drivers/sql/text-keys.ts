import { z } from 'zod'
import { fingerprint, type SealingKey } from '../../lib/sealing-keys.ts'
import { DatabaseUnavailable } from './database-unavailable.ts'
import type { Statements } from './statements.ts'
import { markOf } from './text-seal.ts'

/** `meta` keeps the name of each key that has ever sealed anything here, with its fingerprint. */
const named = 'sealed with '
const nameAndValue = z.object({ name: z.string(), value: z.string() })
const counted = z.object({ count: z.int() })

/** The columns that hold sealed texts. */
const places = [
  ['messages', 'text'],
  ['members', 'draft'],
  ['reports', 'note'],
  ['reports', 'settled_note'],
] as const

/**
 * Looks whether the keys open what is kept, before anybody reads it, and notes the one that writes. A key
 * that nothing is sealed with any more is forgotten. It reads no message unless a key is missing.
 *
 * Throws DatabaseUnavailable, by the setting's name, where a key is missing or is another one than it was.
 */
export async function admitKeys(statements: Statements, keys: readonly SealingKey[]): Promise<void> {
  const missing: string[] = []
  for (const [id, print] of await keysInUse(statements)) {
    const key = keys.find((one) => one.id === id)
    if (key && fingerprint(key) !== print)
      throw unavailable(`names ${id} with another key than it was here before`)
    if (key) continue
    const texts = await textsUnder(statements, id)
    if (texts > 0) missing.push(`${id}, without which ${texts} texts can't be read`)
    else await forgetKey(statements, id)
  }
  if (missing.length > 0) throw unavailable(`lacks the key ${missing.join(', and the key ')}`)
  const [writer] = keys
  if (!writer) return
  const note = 'INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING'
  await statements.change(note, [named + writer.id, fingerprint(writer)])
}

/** The names of the keys that something may be sealed with, each with its fingerprint. */
export async function keysInUse(statements: Statements): Promise<[id: string, print: string][]> {
  const rows = await statements.rows(`SELECT name, value FROM meta WHERE name LIKE '${named}%' ORDER BY name`)
  return rows.map((row) => {
    const { name, value } = nameAndValue.parse(row)
    return [name.slice(named.length), value]
  })
}

/** How many texts a key has sealed: reads through all there are. */
export async function textsUnder(statements: Statements, id: string): Promise<number> {
  const mark = markOf(id)
  let texts = 0
  for (const [table, column] of places) {
    const select = `SELECT count(*) AS count FROM ${table} WHERE substr(${column}, 1, ${mark.length}) = ?1`
    const [row] = await statements.rows(select, [mark])
    texts += counted.parse(row).count
  }
  return texts
}

export async function forgetKey(statements: Statements, id: string): Promise<void> {
  await statements.change('DELETE FROM meta WHERE name = ?1', [named + id])
}

const unavailable = (why: string) => new DatabaseUnavailable(`ENCRYPTION_KEYS ${why}`, { reason: 'keys' })
