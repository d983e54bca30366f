import type { Database } from 'bun:sqlite'
import { conversationId, userId } from '@confab/protocol/ids'
import { reportOutcome, reportReason } from '@confab/protocol/report'
import { z } from 'zod'
import { assert } from '../../lib/assert.ts'
import type { ReportRecord, Reports } from '../../ports/reports.ts'
import { pageOf, parseCursor } from './cursor.ts'
import { prepareUsers } from './writes/users.ts'

const reportRow = z.object({
  num: z.int(),
  id: z.string(),
  conversationId,
  seq: z.int(),
  reporterId: userId,
  reason: reportReason,
  note: z.string().nullable(),
  createdAt: z.number(),
  outcome: reportOutcome.nullable(),
  settledNote: z.string().nullable(),
  settledAt: z.number().nullable(),
  settledBy: userId.nullable(),
})

/** Reports in the database, which has been migrated before. */
export function openReports(database: Database): Reports {
  const { requireActive } = prepareUsers(database)
  const select = `SELECT num, id, conversation AS conversationId, seq, reporter AS reporterId, reason, note,
    created_at AS createdAt, outcome, settled_note AS settledNote, settled_at AS settledAt,
    settled_by AS settledBy FROM reports`
  const insert = database.prepare<never, (string | number | null)[]>(
    `INSERT INTO reports (id, conversation, seq, reporter, reason, note, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const openOne = database.prepare<unknown, [string, number, string]>(
    `${select} WHERE conversation = ? AND seq = ? AND reporter = ? AND settled_at IS NULL`,
  )
  const find = database.prepare<unknown, [string]>(`${select} WHERE id = ?`)
  const all = database.prepare<unknown, [number, number]>(`${select} WHERE num < ? ORDER BY num DESC LIMIT ?`)
  const some = database.prepare<unknown, [number, number, number]>(
    `${select} WHERE (settled_at IS NULL) = ? AND num < ? ORDER BY num DESC LIMIT ?`,
  )
  const settle = database.prepare<never, (string | number | null)[]>(
    `UPDATE reports SET outcome = ?3, settled_note = ?4, settled_at = ?5, settled_by = ?6
      WHERE conversation = ?1 AND seq = ?2 AND settled_at IS NULL`,
  )
  const forget = ['note = NULL WHERE reporter', 'settled_note = NULL WHERE settled_by'].map((part) =>
    database.prepare<never, [string]>(`UPDATE reports SET ${part} = ?`),
  )

  return {
    async add(made) {
      const { id, conversationId: conversation, seq, reporterId, reason, note, createdAt } = made
      requireActive(reporterId)
      const { changes } = insert.run(id, conversation, seq, reporterId, reason, note, createdAt)
      const row = openOne.get(conversation, seq, reporterId)
      assert(row, `report ${id}: neither kept nor there`)
      return { report: toRecord(reportRow.parse(row)), fresh: changes > 0 }
    },
    async find(id) {
      const row = find.get(id)
      return row ? toRecord(reportRow.parse(row)) : undefined
    },
    async list({ settled, cursor, limit }) {
      const [before] = parseCursor(z.tuple([z.int()]), cursor) ?? [Number.MAX_SAFE_INTEGER]
      const rows =
        settled === undefined ? all.all(before, limit + 1) : some.all(settled ? 0 : 1, before, limit + 1)
      const parsed = rows.map((row) => reportRow.parse(row))
      return pageOf(parsed, { limit, keys: ({ num }) => [num], item: toRecord })
    },
    async settle({ conversationId: conversation, seq }, { outcome, note, at, by }) {
      requireActive(by)
      return settle.run(conversation, seq, outcome, note, at, by).changes > 0
    },
    async forgetNotes(id) {
      for (const statement of forget) statement.run(id)
    },
    async [Symbol.asyncDispose]() {
      for (const statement of [insert, openOne, find, all, some, settle, ...forget]) statement.finalize()
    },
  }
}

function toRecord({
  num: _,
  outcome,
  settledNote,
  settledAt,
  settledBy,
  ...report
}: z.infer<typeof reportRow>): ReportRecord {
  const isOpen = outcome === null || settledAt === null || settledBy === null
  return {
    ...report,
    settlement: isOpen ? null : { outcome, note: settledNote, at: settledAt, by: settledBy },
  }
}
