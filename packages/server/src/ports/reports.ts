import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { ReportOutcome, ReportReason } from '@confab/protocol/report'
import type { Noted } from './audit-entry.ts'
import type { List, ListPage } from './store.ts'

/**
 * What people have told administrators of messages. A report names its message and holds no word of it, so
 * that an edit or a deletion leaves nothing of the old text here either. Times are milliseconds since 1970
 * UTC. To add and to settle is refused `forbidden` to who is suspended.
 */
export interface Reports extends AsyncDisposable {
  /** Keeps one; where the person has one open of this message, that one is answered and nothing is kept. */
  add(report: MadeReport): Promise<{ report: ReportRecord; fresh: boolean }>
  find(id: string): Promise<ReportRecord | undefined>
  /** The latest first. */
  list(page: ListPage & { settled?: boolean | undefined }): Promise<List<ReportRecord>>
  /** Settles every open report of a message. False where none was open. */
  settle(message: OfMessage, settlement: Settlement & Noted): Promise<boolean>
  /** Forgets what a person wrote into reports and settlements. */
  forgetNotes(userId: UserId): Promise<void>
}

interface OfMessage {
  conversationId: ConversationId
  seq: number
}

export interface MadeReport extends OfMessage {
  id: string
  reporterId: UserId
  reason: ReportReason
  note: string | null
  createdAt: number
}

export interface ReportRecord extends MadeReport {
  /** Null while it is open. */
  settlement: Settlement | null
}

export interface Settlement {
  outcome: ReportOutcome
  note: string | null
  at: number
  by: UserId
}
