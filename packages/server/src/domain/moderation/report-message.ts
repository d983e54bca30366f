import type { ConversationId, UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { NewReport } from '@confab/protocol/report'
import type { ReportRecord } from '../../ports/reports.ts'
import { accessConversation } from '../conversations/access.ts'
import type { Domain } from '../domain.ts'

/**
 * Tells the administrators of a message that one can see. A person has one open report of a message: a repeat
 * is answered with it. Refuses `conflict` for a deleted message, of which nothing is left to judge.
 */
export async function reportMessage(
  domain: Domain,
  {
    conversationId,
    seq,
    reporterId,
    reason,
    note,
  }: NewReport & { conversationId: ConversationId; seq: number; reporterId: UserId },
): Promise<{ report: ReportRecord; fresh: boolean }> {
  const { store, reports, rateLimits, newId, clock } = domain
  await rateLimits?.take('reports', reporterId)
  await accessConversation(domain, conversationId, reporterId)
  const message = await store.message({ conversationId, seq, viewerId: reporterId })
  if (!message) throw new Refusal('not_found')
  if (message.deletedAt !== null) throw new Refusal('conflict', { detail: 'the message is deleted' })
  const made = { id: newId(), conversationId, seq, reporterId, reason, note: note || null }
  const kept = await reports.add({ ...made, createdAt: clock.now() })
  if (!kept.fresh) await rateLimits?.giveBack('reports', reporterId)
  return kept
}
