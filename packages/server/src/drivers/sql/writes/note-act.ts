import type { Database } from 'bun:sqlite'
import type { AuditDetail, AuditEntry } from '../../../ports/audit-entry.ts'
import type { Committed, Write } from '../../../ports/writes.ts'
import { appendEntry, entryValues } from '../audit-entry.ts'

/** Keeps in the audit log what a write that took effect is to it, in that write's own transaction. */
export function prepareNoteAct(database: Database): (write: Write, outcome: Committed) => void {
  const append = database.prepare<never, (string | number | null)[]>(appendEntry())
  return (write, outcome) => {
    if (!outcome.fresh) return
    for (const entry of storesOwn(write, outcome)) append.run(...entryValues(entry))
    if ('noted' in write && write.noted) append.run(...entryValues(write.noted))
  }
}

/** What only the store could tell. Asked again it can't: nobody has another role any more. */
function storesOwn(write: Write, { heirId, roles = [] }: Committed): AuditEntry[] {
  if (!('network' in write)) return []
  const { actorId, at, network = null } = write
  const given = (targetId: string, detail: AuditDetail<'role.changed'>): AuditEntry => ({
    ...{ action: 'role.changed', at, actorId, targetId, network, detail },
  })
  return [
    ...(heirId === undefined ? [] : [given(heirId, { role: 'admin' })]),
    ...roles.map(({ userId, ...detail }) => given(userId, detail)),
  ]
}
