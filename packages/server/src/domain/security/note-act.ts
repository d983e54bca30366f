import type { UserId } from '@confab/protocol/ids'
import { networkOf } from '../../lib/network.ts'
import type { AuditAction, AuditDetail } from '../../ports/audit-log.ts'
import type { Domain } from '../domain.ts'

/**
 * The domain as somebody acts on it who asks from an address: what they do is kept with its network. What a
 * worker does, or the program's own commands, comes from nowhere.
 */
export const actingFrom = (domain: Domain, { address }: { address: string | undefined }): Domain => ({
  ...domain,
  network: networkOf(address) ?? null,
})

/** Keeps in the audit log what somebody signed in has done just now. */
export const noteAct = <Action extends AuditAction>(
  { audit, clock, network = null }: Pick<Domain, 'audit' | 'clock' | 'network'>,
  actorId: UserId,
  { targetId = null, detail, action }: Act<Action>,
): Promise<void> =>
  audit.append({ action, at: clock.now(), actorId, targetId, network, detail: detail ?? {} })

interface ActOf<Action> {
  action: Action
  targetId?: string | null
}
type Act<Action extends AuditAction> = ActOf<Action> & DetailOf<AuditDetail<Action>>
type DetailOf<Detail> = [Detail] extends [never] ? { detail?: never } : { detail: Detail }
