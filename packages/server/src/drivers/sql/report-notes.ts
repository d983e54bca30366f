import { conversationId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { Statements } from './statements.ts'
import { settledPlace, storedText } from './text-seal.ts'
import type { TextTable } from './text-tables.ts'

const noteRow = z.object({
  num: z.int(),
  conversationId,
  id: z.string(),
  seq: z.int(),
  settledAt: z.number().nullable(),
  text: storedText,
})
type NoteRow = z.infer<typeof noteRow>

/** What people and administrators have written with reports, for a change of keys. Reports are few. */
export const reportNotes = (statements: Statements) => ({
  notes: notesIn(statements, 'note', ({ id }) => id),
  settledNotes: notesIn(statements, 'settled_note', ({ seq, settledAt }) =>
    settledPlace({ seq, at: settledAt ?? 0 }),
  ),
})

function notesIn(
  statements: Statements,
  column: 'note' | 'settled_note',
  idOf: (row: NoteRow) => string,
): TextTable<string> {
  return {
    async page([after = 0] = [], limit) {
      const rows = await statements.rows(
        `SELECT num, conversation AS "conversationId", id, seq, settled_at AS "settledAt", ${column} AS text
          FROM reports WHERE num > ?1 AND ${column} <> '' ORDER BY num LIMIT ?2`,
        [after, limit],
      )
      return rows
        .map((row) => noteRow.parse(row))
        .map((row) => ({
          at: [row.num],
          conversationId: row.conversationId,
          id: idOf(row),
          text: row.text,
        }))
    },
    async replace(changes) {
      const update = `UPDATE reports SET ${column} = ?1 WHERE num = ?2 AND ${column} = ?3`
      for (const { at, from, to } of changes) await statements.change(update, [to, at[0] ?? 0, String(from)])
    },
  }
}
