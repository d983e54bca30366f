import type { UserId } from '@confab/protocol/ids'
import type { AuditEntry } from '../../ports/audit-log.ts'
import type { Domain } from '../domain.ts'

/** Keeps in the audit log what somebody signed in has done just now. */
export const noteAct = (
  { audit, clock }: Pick<Domain, 'audit' | 'clock'>,
  actorId: UserId,
  { targetId = null, detail = {}, action }: Pick<AuditEntry, 'action'> & Partial<AuditEntry>,
): Promise<void> => audit.append({ action, at: clock.now(), actorId, targetId, network: null, detail })
