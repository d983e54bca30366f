import { firstPage, type Page } from '@confab/client/list'
import { type Account, account } from '@confab/protocol/account'
import { type ReceivedReport, type ReportOutcome, receivedReport } from '@confab/protocol/report'
import { instant, type ServerRole } from '@confab/protocol/user'
import { z } from 'zod'
import { byCookie, call } from './call.ts'

const admin = '/api/v1/admin'
const accountPath = (id: string) => `${admin}/accounts/${encodeURIComponent(id)}`

export const listAccounts = (filters: {
  query?: string
  role?: ServerRole
  status?: Account['status']
}): Promise<Page<Account>> => firstPage(byCookie, `${admin}/accounts?${queryOf(filters)}`, account)

export const changeServerRole = async (id: string, serverRole: ServerRole): Promise<Account> =>
  account.parse(await call('PATCH', accountPath(id), { serverRole }))

/** Signs the person out everywhere, and tells them the reason when they try to come in again. */
export const suspendAccount = async (id: string, reason: string): Promise<Account> =>
  account.parse(await call('PUT', `${accountPath(id)}/suspension`, { reason }))

export const reinstateAccount = async (id: string): Promise<Account> =>
  account.parse(await call('DELETE', `${accountPath(id)}/suspension`))

/** On every device. They may sign in again. */
export async function endAccountSessions(id: string): Promise<void> {
  await call('DELETE', `${accountPath(id)}/sessions`)
}

/** The person is told by mail. */
export const removeSecondFactor = async (id: string): Promise<Account> =>
  account.parse(await call('DELETE', `${accountPath(id)}/second-factor`))

export const listReports = (status: ReceivedReport['status']): Promise<Page<ReceivedReport>> =>
  firstPage(byCookie, `${admin}/reports?status=${status}`, receivedReport)

/** With every other open report of the same message. */
export async function settleReport(id: string, outcome: ReportOutcome): Promise<void> {
  await call('POST', `${admin}/reports/${encodeURIComponent(id)}/settle`, { outcome })
}

const auditRecord = z.object({
  id: z.string(),
  action: z.string(),
  at: instant,
  actorId: z.string().nullable(),
  targetId: z.string().nullable(),
  network: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
})
export type AuditRecord = z.infer<typeof auditRecord>

/** `from` is included, `until` is not. */
export interface AuditFilters {
  action?: string | undefined
  userId?: string | undefined
  from?: string | undefined
  until?: string | undefined
}

export const listAudit = (filters: AuditFilters): Promise<Page<AuditRecord>> =>
  firstPage(byCookie, `${admin}/audit?${queryOf(filters)}`, auditRecord)

/** A file, a record a line. */
export const auditExportUrl = (filters: AuditFilters): string => `${admin}/audit/export?${queryOf(filters)}`

const deadLetter = z.object({
  id: z.string(),
  kind: z.string(),
  addedAt: instant,
  diedAt: instant,
  attempts: z.int(),
  problem: z.string(),
})
export type DeadLetter = z.infer<typeof deadLetter>

export const listDeadLetters = (): Promise<Page<DeadLetter>> =>
  firstPage(byCookie, `${admin}/dead-letters`, deadLetter)

/** Gives it all its tries again, or forgets it. */
export async function settleDeadLetter(id: string, how: 'retry' | 'discard'): Promise<void> {
  const path = `${admin}/dead-letters/${encodeURIComponent(id)}`
  await (how === 'retry' ? call('POST', `${path}/retry`) : call('DELETE', path))
}

/** What is given of it. */
const queryOf = (filters: object): URLSearchParams =>
  new URLSearchParams(
    Object.entries(filters).flatMap(([name, value]) => (value ? [[name, String(value)]] : [])),
  )
