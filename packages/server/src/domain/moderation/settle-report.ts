import type { Event } from '@confab/protocol/event'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { ReportOutcome } from '@confab/protocol/report'
import type { Domain } from '../domain.ts'
import { actOf } from '../security/act.ts'
import { findReport, type ReceivedReport } from './read-reports.ts'

/**
 * Ends the matter of a report, and of every other open one of the same message; `removed` takes the message
 * away first. Cut off in between, the same call again ends it. Refuses `conflict` for one that is settled.
 */
export async function settleReport(
  domain: Domain,
  actorId: UserId,
  { id, outcome, note }: { id: string; outcome: ReportOutcome; note?: string | undefined },
): Promise<ReceivedReport> {
  const { reports } = domain
  const report = await findReport(domain, actorId, id)
  if (report.settlement) throw settledAlready()
  if (outcome === 'removed' && report.message) await removeMessage(domain, { actorId, ...report })
  const noted = actOf(domain, actorId, { action: 'report.settled', targetId: id, detail: { outcome } })
  const settlement = { outcome, note: note || null, at: noted.at, by: actorId, noted }
  if (!(await reports.settle(report, settlement))) throw settledAlready()
  return findReport(domain, actorId, id)
}

const settledAlready = () => new Refusal('conflict', { detail: 'This report is settled already' })

/** Deletes any message of any conversation, for administrators. Null where it is deleted already. */
export async function removeMessage(
  domain: Domain,
  { actorId, conversationId, seq }: { actorId: UserId; conversationId: ConversationId; seq: number },
): Promise<Event | null> {
  const noted = actOf(domain, actorId, {
    ...{ action: 'message.removed', targetId: conversationId },
    detail: { seq },
  })
  const { events } = await domain.commits.commit({
    write: 'message.delete',
    conversationId,
    actorId,
    at: noted.at,
    seq,
    asAdministrator: true,
    noted,
  })
  return events[0] ?? null
}
