import type { AuditRecord } from '../../ports/audit-log.ts'

/** The one statement that appends to the audit log; its values' places begin after so many others. */
export const appendEntry = (after = 0): string =>
  `INSERT INTO audit_log (action, at, actor_id, target_id, network, detail)
    SELECT ${[1, 2, 3, 4, 5, 6].map((place) => `?${after + place}`).join()}`

export const entryValues = ({
  action,
  at,
  actorId,
  targetId,
  network,
  detail,
}: Omit<AuditRecord, 'id'>): (string | number | null)[] => [
  ...[action, at, actorId, targetId, network],
  JSON.stringify(detail),
]
