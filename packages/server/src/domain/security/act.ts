import type { UserId } from '@confab/protocol/ids'
import { networkOf } from '../../lib/network.ts'
import type { AuditAction, AuditDetail, AuditEntry } from '../../ports/audit-entry.ts'
import type { Domain } from '../domain.ts'

/**
 * The domain as somebody acts on it who asks from an address: what they do is kept with its network. What a
 * worker does, or the program's own commands, comes from nowhere.
 */
export const actingFrom = (domain: Domain, { address }: { address: string | undefined }): Domain => ({
  ...domain,
  network: networkOf(address) ?? null,
})

/**
 * What somebody does now, as the audit log keeps it: for the write that does it to carry, so that both are done or
 * neither is. What only reads has no write, and appends it before it answers.
 */
export const actOf = <Action extends AuditAction>(
  { clock, network = null }: Pick<Domain, 'clock' | 'network'>,
  actorId: UserId | null,
  { targetId = null, detail, action }: Act<Action>,
): AuditEntry => ({ action, at: clock.now(), actorId, targetId, network, detail: detail ?? {} })

interface ActOf<Action> {
  action: Action
  targetId?: string | null
}
type Act<Action extends AuditAction> = ActOf<Action> & DetailOf<AuditDetail<Action>>
type DetailOf<Detail> = [Detail] extends [never] ? { detail?: never } : { detail: Detail }
