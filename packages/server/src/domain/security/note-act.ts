import type { UserId } from '@confab/protocol/ids'
import { networkOf } from '../../lib/network.ts'
import type { AuditEntry } from '../../ports/audit-log.ts'
import type { Domain } from '../domain.ts'

/**
 * The domain as somebody acts on it who asks from an address: what they do is kept with its network. What a
 * worker does, or the program's own commands, comes from nowhere.
 */
export const actingFrom = (domain: Domain, { address }: { address: string | undefined }): Domain => ({
  ...domain,
  audit: {
    ...domain.audit,
    append: (entry) => domain.audit.append({ ...entry, network: networkOf(address) ?? null }),
  },
})

/** Keeps in the audit log what somebody signed in has done just now. */
export const noteAct = (
  { audit, clock }: Pick<Domain, 'audit' | 'clock'>,
  actorId: UserId,
  { targetId = null, detail = {}, action }: Pick<AuditEntry, 'action'> & Partial<AuditEntry>,
): Promise<void> => audit.append({ action, at: clock.now(), actorId, targetId, network: null, detail })
