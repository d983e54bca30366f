import type { Kind } from '@confab/protocol/conversation'
import type { UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import { Refusal } from '@confab/protocol/refusal'
import type { User } from '@confab/protocol/user'
import type { ReportRecord } from '../../ports/reports.ts'
import type { List, ListPage } from '../../ports/store.ts'
import { requireAdministrator } from '../accounts/require-administrator.ts'
import type { Domain } from '../domain.ts'

/** A report with what it is about, as that stands now; null for what is gone. */
export interface ReceivedReport extends ReportRecord {
  reporter: User | null
  message: Message | null
  sender: User | null
  conversation: { kind: Kind; memberCount: number } | null
}

/** What was told of messages, the latest first, for administrators. */
export async function listReports(
  domain: Domain,
  actorId: UserId,
  page: ListPage & { settled?: boolean | undefined },
): Promise<List<ReceivedReport>> {
  await requireAdministrator(domain, actorId)
  const { items, next } = await domain.reports.list(page)
  return { items: await Promise.all(items.map((report) => receive(domain, actorId, report))), next }
}

export async function findReport(domain: Domain, actorId: UserId, id: string): Promise<ReceivedReport> {
  await requireAdministrator(domain, actorId)
  const report = await domain.reports.find(id)
  if (!report) throw new Refusal('not_found')
  return receive(domain, actorId, report)
}

/** Of the conversation no more is told than what kind it is: the administrator may be no member of it. */
async function receive({ store }: Domain, viewerId: UserId, report: ReportRecord): Promise<ReceivedReport> {
  const { conversationId, seq, reporterId } = report
  const [standing, message = null] = await Promise.all([
    store.standing(conversationId, viewerId),
    store.message({ conversationId, seq, viewerId }),
  ])
  const people = await store.users(message ? [reporterId, message.senderId] : [reporterId])
  const person = (id: UserId | undefined) => people.find((user) => user.id === id) ?? null
  return {
    ...report,
    message,
    reporter: person(reporterId),
    sender: person(message?.senderId),
    conversation: standing ? { kind: standing.kind, memberCount: standing.memberCount } : null,
  }
}
