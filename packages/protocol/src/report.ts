import { z } from 'zod'
import { kind } from './conversation.ts'
import { conversationId, userId } from './ids.ts'
import { message } from './message.ts'
import { storableText } from './text.ts'
import { instant, user } from './user.ts'

export const reportReasons = ['spam', 'harassment', 'violence', 'sexual', 'illegal', 'other'] as const
export const reportReason = z.enum(reportReasons)
export type ReportReason = z.infer<typeof reportReason>

export const reportNoteCodePoints = 1_000
const note = storableText(reportNoteCodePoints)

/** What somebody tells administrators of a message. */
export const newReport = z.object({ reason: reportReason, note: note.optional() })
export type NewReport = z.infer<typeof newReport>

/** A report as who made it sees it. */
export const report = z.object({
  id: z.string(),
  conversationId,
  seq: z.int(),
  reason: reportReason,
  note: z.string().nullable(),
  createdAt: instant,
})
export type Report = z.infer<typeof report>

/** `removed` takes the message away; `handled` says that something else was done about it. */
export const reportOutcomes = ['removed', 'handled', 'dismissed'] as const
export const reportOutcome = z.enum(reportOutcomes)
export type ReportOutcome = z.infer<typeof reportOutcome>

export const reportStatus = z.enum(['open', 'settled'])

/**
 * A report as administrators see it. `message` is the message as it stands now: what it said before an edit
 * or a deletion is nowhere any more. It and `conversation`, of which no more is told,
 * are null where they are gone.
 */
export const receivedReport = report.extend({
  reporter: user.nullable(),
  message: message.nullable(),
  sender: user.nullable(),
  conversation: z.object({ kind, memberCount: z.int() }).nullable(),
  status: reportStatus,
  settlement: z
    .object({ outcome: reportOutcome, note: z.string().nullable(), at: instant, by: userId })
    .nullable(),
})
export type ReceivedReport = z.infer<typeof receivedReport>

/** It is about the message: every open report of it is settled. */
export const newSettlement = z.object({ outcome: reportOutcome, note: note.optional() })
