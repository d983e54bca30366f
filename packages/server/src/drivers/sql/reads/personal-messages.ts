import type { Database } from 'bun:sqlite'
import type { ConversationId } from '@confab/protocol/ids'
import type { PersonalRecords } from '../../../ports/personal-records.ts'
import type { Now } from '../now.ts'
import type { TextSeal } from '../text-seal.ts'
import { prepareReadHistory } from './history.ts'
import { type MessageRow, messageColumns, toMessage } from './message-row.ts'
import { prepareReadReactions } from './reactions.ts'
import { prepareSteps } from './walk-steps.ts'

/**
 * Of one conversation, or what the person wrote where they are no member any more: that looks through every
 * message there is.
 */
export function preparePersonalMessages(
  database: Database,
  texts: TextSeal,
): Now<PersonalRecords['messages']> {
  const history = prepareReadHistory(database, texts, prepareReadReactions(database))
  // CROSS JOIN keeps the order of the tables: one walk along `messages`, from where the last page ended.
  const elsewhere = database.prepare<
    MessageRow & { conversationId: ConversationId },
    [string, number, number, number]
  >(
    `SELECT ${messageColumns}, c.id AS conversationId FROM messages m
      CROSS JOIN users s ON s.num = m.sender CROSS JOIN conversations c ON c.num = m.place >> 32
      WHERE m.place > ?2 AND m.place <= ?4 AND m.sender = (SELECT num FROM users WHERE id = ?1) AND m.deleted_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM members o WHERE o.conversation = c.num AND o.user = m.sender)
      ORDER BY m.place LIMIT ?3`,
  )

  const step = prepareSteps(database, 'messages')

  return ({ conversationId, userId, after, limit }) => {
    const from = Number(after?.[0] ?? 0)
    if (conversationId !== null) {
      const { messages } = history.page({ conversationId, viewerId: userId, after: from, limit })
      const last = messages.at(-1)
      return { items: messages, next: messages.length === limit && last ? [last.seq] : null }
    }
    const { until, isLast } = step(from)
    const rows = elsewhere.all(userId, from, limit, until)
    const last = rows.at(-1)
    const passed = isLast ? null : [until]
    return {
      items: rows.map((row) => toMessage(texts, row.conversationId, row, [])),
      next: rows.length === limit && last ? [last.place] : passed,
    }
  }
}
