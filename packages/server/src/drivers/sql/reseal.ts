import { z } from 'zod'
import type { SealingKey } from '../../lib/sealing-keys.ts'
import { reportNotes } from './report-notes.ts'
import type { Statements } from './statements.ts'
import { forgetKey, keysInUse, textsUnder } from './text-keys.ts'
import { openTextSeal, type Seals } from './text-seal.ts'
import type { TextPlace, TextTable, TextTables } from './text-tables.ts'

export interface Resealed {
  /** How many texts were written anew. */
  texts: number
  /** Those that can't be opened stay as they are. */
  unreadable: number
  /** The keys that seal nothing any more, and those that still do, each with the number of its texts. */
  free: string[]
  needed: { id: string; texts: number }[]
}

/** A page, and what one transaction changes: no more than a batch of sends. */
const textsAtOnce = 500

/** In the order in which they are gone through. */
const tableNames = ['messages', 'drafts', 'notes', 'settledNotes'] as const
type TableName = (typeof tableNames)[number]

const placeOfReseal = z.object({
  to: z.string(),
  table: z.enum(tableNames),
  after: z.array(z.union([z.string(), z.number()])),
})

/**
 * Brings every text under the first key, or with `clear` into the clear, page by page. What has stopped
 * half-way goes on where it was. It may run beside servers that write under the same key.
 */
export async function resealTexts({
  statements,
  tables,
  keys,
  clear,
  report,
}: {
  statements: Statements
  tables: TextTables
  keys: readonly SealingKey[]
  clear: boolean
  report: (context: string, cause: unknown) => void
}): Promise<Resealed> {
  const texts = openTextSeal({ keys, clear, report })
  const to = clear ? 'the clear' : `key ${keys[0]?.id}`
  const begun = await readPlace(statements, to)
  const done = { texts: 0, unreadable: 0 }

  async function walk<Id extends string>(
    name: TableName,
    table: TextTable<Id>,
    seals: Seals<Id>,
  ): Promise<void> {
    // Whoever was among the drafts has done the messages.
    if (begun && tableNames.indexOf(name) < tableNames.indexOf(begun.table)) return
    let after: TextPlace | undefined = begun?.table === name ? begun.after : undefined
    for (;;) {
      const page = await table.page(after, textsAtOnce)
      const last = page.at(-1)
      if (!last) return
      const changes = page.flatMap(({ at, conversationId, id, text }) => {
        const renewed = seals.renew(conversationId, id, text)
        if (renewed === undefined) done.unreadable++
        return renewed === undefined || renewed === String(text) ? [] : [{ at, from: text, to: renewed }]
      })
      await table.replace(changes)
      done.texts += changes.length
      after = last.at
      await keepPlace(statements, { to, table: name, after: [...after] })
    }
  }

  const { notes, settledNotes } = reportNotes(statements)
  await walk('messages', tables.messages, texts.message)
  await walk('drafts', tables.drafts, texts.draft)
  await walk('notes', notes, texts.note)
  await walk('settledNotes', settledNotes, texts.settledNote)
  await forgetPlace(statements)
  return { ...done, ...(await freeKeys(statements, clear ? undefined : keys[0]?.id)) }
}

async function freeKeys(statements: Statements, writer: string | undefined) {
  const free: string[] = []
  const needed: Resealed['needed'] = []
  for (const [id] of await keysInUse(statements)) {
    if (id === writer) continue
    const texts = await textsUnder(statements, id)
    if (texts > 0) needed.push({ id, texts })
    else {
      await forgetKey(statements, id)
      free.push(id)
    }
  }
  return { free, needed }
}

async function readPlace(statements: Statements, to: string) {
  const [row] = await statements.rows("SELECT value FROM meta WHERE name = 'reseal'")
  if (!row) return undefined
  const place = placeOfReseal.parse(JSON.parse(z.object({ value: z.string() }).parse(row).value))
  return place.to === to ? place : undefined
}

async function keepPlace(statements: Statements, place: z.infer<typeof placeOfReseal>): Promise<void> {
  await statements.change(
    "INSERT INTO meta (name, value) VALUES ('reseal', ?1) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    [JSON.stringify(place)],
  )
}

async function forgetPlace(statements: Statements): Promise<void> {
  await statements.change("DELETE FROM meta WHERE name = 'reseal'")
}

/** For the person at the terminal. */
export function tellResealed({
  texts,
  unreadable,
  free,
  needed,
  files,
}: Resealed & { files: number }): string {
  const lines = [
    `${texts} texts and ${files} files written anew.`,
    ...(unreadable > 0
      ? [`${unreadable} texts can't be opened and stay as they are: the log names them.`]
      : []),
    ...free.map((id) => `The key ${id} seals nothing any more: it may be dropped.`),
    ...needed.map(({ id, texts: under }) => `The key ${id} is still needed, for ${under} texts.`),
  ]
  return `${lines.join('\n')}\n`
}
