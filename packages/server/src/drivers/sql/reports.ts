import { conversationId, userId } from '@confab/protocol/ids'
import { reportOutcome, reportReason } from '@confab/protocol/report'
import { z } from 'zod'
import type { MadeReport, ReportRecord, Reports } from '../../ports/reports.ts'
import { isActive, requireActive } from './active.ts'
import { pageOf, parseCursor } from './cursor.ts'
import type { Statements } from './statements.ts'
import { settledPlace, storedText, type TextSeal } from './text-seal.ts'

const reportRow = z.object({
  num: z.int(),
  id: z.string(),
  conversationId,
  seq: z.int(),
  reporterId: userId,
  reason: reportReason,
  note: storedText.nullable(),
  createdAt: z.number(),
  outcome: reportOutcome.nullable(),
  settledNote: storedText.nullable(),
  settledAt: z.number().nullable(),
  settledBy: userId.nullable(),
})

/** Reports in the database, which has been migrated before. What people write with them is sealed. */
export function openReports(statements: Statements, texts: TextSeal): Reports {
  const select = `SELECT num, id, conversation AS "conversationId", seq, reporter AS "reporterId", reason, note,
    created_at AS "createdAt", outcome, settled_note AS "settledNote", settled_at AS "settledAt",
    settled_by AS "settledBy" FROM reports`
  const read = async (where: string, values: readonly (string | number)[]) =>
    (await statements.rows(`${select} ${where}`, values)).map((row) => reportRow.parse(row))

  async function add(made: MadeReport): ReturnType<Reports['add']> {
    const { id, conversationId: conversation, seq, reporterId, reason, note, createdAt } = made
    const changed = await statements.change(
      `INSERT INTO reports (id, conversation, seq, reporter, reason, note, created_at)
          SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE ${isActive('?4')} ON CONFLICT DO NOTHING`,
      [id, conversation, seq, reporterId, reason, note && texts.note.seal(conversation, id, note), createdAt],
    )
    if (changed === 0) await requireActive(statements, reporterId)
    const [row] = await read(
      'WHERE conversation = ?1 AND seq = ?2 AND reporter = ?3 AND settled_at IS NULL',
      [conversation, seq, reporterId],
    )
    // The open one was settled in between: this is a new matter.
    return row ? { report: toRecord(texts, row), fresh: changed > 0 } : add(made)
  }

  return {
    add,
    async find(id) {
      const [row] = await read('WHERE id = ?1', [id])
      return row && toRecord(texts, row)
    },
    async list({ settled, cursor, limit }) {
      const [before] = parseCursor(z.tuple([z.int()]), cursor) ?? [Number.MAX_SAFE_INTEGER]
      const state = settled === undefined ? '' : `(settled_at IS NULL) = ${settled ? 'FALSE' : 'TRUE'} AND`
      const rows = await read(`WHERE ${state} num < ?1 ORDER BY num DESC LIMIT ?2`, [before, limit + 1])
      return pageOf(rows, { limit, keys: ({ num }) => [num], item: (row) => toRecord(texts, row) })
    },
    async settle({ conversationId: conversation, seq }, { outcome, note, at, by, noted }) {
      const kept = note && texts.settledNote.seal(conversation, settledPlace({ seq, at }), note)
      const changed = await statements.change(
        `UPDATE reports SET outcome = ?3, settled_note = ?4, settled_at = ?5, settled_by = ?6
          WHERE conversation = ?1 AND seq = ?2 AND settled_at IS NULL AND ${isActive('?6')}`,
        [conversation, seq, outcome, kept, at, by],
        noted,
      )
      if (changed === 0) await requireActive(statements, by)
      return changed > 0
    },
    async forgetNotes(id) {
      await statements.change('UPDATE reports SET note = NULL WHERE reporter = ?1', [id])
      await statements.change('UPDATE reports SET settled_note = NULL WHERE settled_by = ?1', [id])
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

function toRecord(texts: TextSeal, row: z.infer<typeof reportRow>): ReportRecord {
  const { num: _, note, outcome, settledNote, settledAt: at, settledBy: by, ...report } = row
  const { conversationId: of, id, seq } = report
  const isOpen = outcome === null || at === null || by === null
  return {
    ...report,
    note: note && texts.note.open(of, id, note),
    settlement: isOpen
      ? null
      : {
          ...{ outcome, at, by },
          note: settledNote && texts.settledNote.open(of, settledPlace({ seq, at }), settledNote),
        },
  }
}
