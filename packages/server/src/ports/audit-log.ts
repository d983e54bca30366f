import type { UserId } from '@confab/protocol/ids'
import type { AuditAction, AuditEntry } from './audit-entry.ts'
import type { List, ListPage } from './store.ts'

/**
 * What happened to the security of the installation, for its administrators: append-only, the latest first.
 * A record is kept for a year and never changed; it holds ids, no names, addresses of mail or texts.
 */
export interface AuditLog extends AsyncDisposable {
  /** Resolves when it is kept for good. */
  append(entry: AuditEntry): Promise<void>
  list(query: AuditQuery): Promise<List<AuditRecord>>
}

export interface AuditRecord extends Omit<AuditEntry, 'action'> {
  id: string
  /** One of AuditAction, or what a newer version has written that shares the database, or was there before. */
  action: string
}

export interface AuditQuery extends ListPage {
  action?: AuditAction | undefined
  /** As actor or as target. */
  userId?: UserId | undefined
  /** `from` included, `until` not. */
  from?: number | undefined
  until?: number | undefined
}

export const auditKeptMs = 365 * 24 * 3_600_000
