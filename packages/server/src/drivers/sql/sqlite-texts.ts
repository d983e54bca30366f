import type { Database } from 'bun:sqlite'
import type { MessageId, UserId } from '@confab/protocol/ids'
import type { KeptText, TextTable, TextTables } from './text-tables.ts'
import { inTransaction } from './transaction.ts'

/** The texts of a database whose migrations are done. */
export function sqliteTexts(database: Database): TextTables {
  const messages = database.prepare<{ place: number } & Omit<KeptText<MessageId>, 'at'>, [number, number]>(
    `SELECT m.place, c.id AS conversationId, m.id, m.text
      FROM messages m CROSS JOIN conversations c ON c.num = m.place >> 32
      WHERE m.place > ?1 AND m.text <> '' ORDER BY m.place LIMIT ?2`,
  )
  const drafts = database.prepare<
    { conversation: number; user: number } & Omit<KeptText<UserId>, 'at'>,
    [number, number, number]
  >(
    `SELECT m.conversation, m.user, c.id AS conversationId, u.id, m.draft AS text
      FROM members m CROSS JOIN conversations c ON c.num = m.conversation CROSS JOIN users u ON u.num = m.user
      WHERE (m.conversation, m.user) > (?1, ?2) AND m.draft <> ''
      ORDER BY m.conversation, m.user LIMIT ?3`,
  )

  function replaceBy(sql: string): TextTable<string>['replace'] {
    const update = database.prepare<never, (string | number)[]>(sql)
    return async (changes) =>
      inTransaction(database, () => {
        for (const { at, from, to } of changes) update.run(to, String(from), ...at)
      })
  }

  return {
    messages: {
      page: async ([place = 0] = [], limit) =>
        messages.all(Number(place), limit).map(({ place: at, ...text }) => ({ at: [at], ...text })),
      replace: replaceBy('UPDATE messages SET text = ?1 WHERE place = ?3 AND text = ?2'),
    },
    drafts: {
      page: async ([conversation = 0, user = 0] = [], limit) =>
        drafts
          .all(Number(conversation), Number(user), limit)
          .map(({ conversation: in_, user: of, ...text }) => ({ at: [in_, of], ...text })),
      replace: replaceBy(
        'UPDATE members SET draft = ?1 WHERE conversation = ?3 AND user = ?4 AND draft = ?2',
      ),
    },
  }
}
