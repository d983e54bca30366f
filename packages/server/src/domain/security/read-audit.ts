import type { UserId } from '@confab/protocol/ids'
import type { AuditQuery, AuditRecord } from '../../ports/audit-log.ts'
import type { List } from '../../ports/store.ts'
import { requireAdministrator } from '../accounts/require-administrator.ts'
import type { Domain } from '../domain.ts'
import { actOf } from './act.ts'

const exportPage = 500

/** A page of the audit log, for administrators. */
export async function readAudit(
  domain: Domain,
  actorId: UserId,
  query: AuditQuery,
): Promise<List<AuditRecord>> {
  await requireAdministrator(domain, actorId)
  return domain.audit.list(query)
}

/**
 * All records that the query fits, for administrators, the latest first, a page at a time. It is kept too.
 */
export async function* exportAudit(
  domain: Domain,
  actorId: UserId,
  query: Omit<AuditQuery, 'cursor' | 'limit'>,
): AsyncGenerator<AuditRecord[]> {
  await requireAdministrator(domain, actorId)
  await domain.audit.append(actOf(domain, actorId, { action: 'audit.exported' }))
  let cursor: string | undefined
  do {
    const { items, next } = await domain.audit.list({ ...query, cursor, limit: exportPage })
    yield items
    cursor = next ?? undefined
  } while (cursor !== undefined)
}
