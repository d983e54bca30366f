import type { Database } from 'bun:sqlite'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import type { Store } from '../../../ports/store.ts'
import { plannedOnce } from '../planned-once.ts'
import type { TextSeal } from '../text-seal.ts'
import { type MessageRow, messageColumns, toMessage } from './message-row.ts'
import type { ReadReactions } from './reactions.ts'

type Page = Parameters<Store['history']>[0]

export interface ReadHistory {
  page(page: Page): { messages: Message[]; head: number }
  message(at: { conversationId: ConversationId; seq: number; viewerId: UserId }): Message | undefined
}

/**
 * Pages of messages. A page is one seek in `messages` and its neighbours, which hold nothing but this
 * conversation's messages: it costs the same at the millionth message as at the first, and thousands of
 * other events between two messages cost nothing.
 */
export function prepareReadHistory(
  database: Database,
  texts: TextSeal,
  reactionsOf: ReadReactions,
): ReadHistory {
  const conversation = database.prepare<{ num: number; head: number }, [string]>(
    'SELECT num, head FROM conversations WHERE id = ?',
  )
  const select = `SELECT ${messageColumns} FROM messages m JOIN users s ON s.num = m.sender`
  const before = database.prepare<MessageRow, [number, number, number]>(
    plannedOnce(
      `${select} WHERE m.place > ?1 << 32 AND m.place < (?1 << 32) + ?2 ORDER BY m.place DESC LIMIT ?3`,
    ),
  )
  const from = database.prepare<MessageRow, [number, number, number]>(
    plannedOnce(
      `${select} WHERE m.place >= (?1 << 32) + ?2 AND m.place < (?1 + 1) << 32 ORDER BY m.place LIMIT ?3`,
    ),
  )
  const one = database.prepare<MessageRow, [number, number]>(
    plannedOnce(`${select} WHERE m.place = (?1 << 32) + ?2`),
  )

  function around(num: number, seq: number, limit: number): MessageRow[] {
    const earlier = before.all(num, seq, limit).reverse()
    return halvesAround({ earlier, later: from.all(num, seq, limit) }, limit)
  }

  function rowsOf(num: number, head: number, page: Page): MessageRow[] {
    // Clamped to the log: past its end a place belongs to the next conversation.
    const within = (seq: number) => Math.min(seq, head + 1)
    if (page.around !== undefined) return around(num, within(page.around), page.limit)
    if (page.after !== undefined) return from.all(num, within(page.after + 1), page.limit)
    return before.all(num, within(page.before ?? head + 1), page.limit).reverse()
  }

  function shown(
    { conversationId, viewerId }: { conversationId: ConversationId; viewerId: UserId },
    rows: MessageRow[],
  ): Message[] {
    const reactions = reactionsOf(
      rows.map(({ place }) => place),
      viewerId,
    )
    return rows.map((row) => toMessage(texts, conversationId, row, reactions.get(row.place) ?? []))
  }

  return {
    page(page) {
      const found = conversation.get(page.conversationId)
      if (!found) return { messages: [], head: 0 }
      const rows = rowsOf(found.num, found.head, page)
      return { messages: shown(page, rows), head: found.head }
    },
    message(at) {
      const found = conversation.get(at.conversationId)
      const row = found && at.seq <= found.head && one.get(found.num, at.seq)
      return row ? shown(at, [row])[0] : undefined
    },
  }
}

/** Half before and half from the seq on; where one side is short, the other gives more. */
export function halvesAround<Row>(
  { earlier, later }: { earlier: readonly Row[]; later: readonly Row[] },
  limit: number,
): Row[] {
  const laterShown = Math.max(Math.ceil(limit / 2), limit - earlier.length)
  const earlierShown = limit - Math.min(later.length, laterShown)
  return [...earlier.slice(Math.max(0, earlier.length - earlierShown)), ...later.slice(0, laterShown)]
}
