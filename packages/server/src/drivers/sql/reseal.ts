import type { ConversationId, MessageId, UserId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { SealingKey } from '../../lib/sealing-keys.ts'
import type { Statements } from './statements.ts'
import { forgetKey, keysInUse, textsUnder } from './text-keys.ts'
import { openTextSeal, type Seals, type StoredText } from './text-seal.ts'

/** Where a text lies in its table. */
export type TextPlace = readonly (string | number)[]

export interface KeptText<Id extends string> {
  at: TextPlace
  conversationId: ConversationId
  id: Id
  text: StoredText
}

/** One of the tables that hold texts, on one engine. */
export interface TextTable<Id extends string> {
  /** Texts in order of their places, after one of them. */
  page(after: TextPlace | undefined, limit: number): Promise<KeptText<Id>[]>
  /** In one transaction. A text that has become another one meanwhile is left. */
  replace(changes: readonly { at: TextPlace; from: StoredText; to: string }[]): Promise<void>
}

export interface TextTables {
  messages: TextTable<MessageId>
  drafts: TextTable<UserId>
}

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

const placeOfReseal = z.object({
  to: z.string(),
  table: z.enum(['messages', 'drafts']),
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
    name: 'messages' | 'drafts',
    table: TextTable<Id>,
    seals: Seals<Id>,
  ): Promise<void> {
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

  // Whoever was among the drafts has done the messages.
  if (begun?.table !== 'drafts') await walk('messages', tables.messages, texts.message)
  await walk('drafts', tables.drafts, texts.draft)
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
