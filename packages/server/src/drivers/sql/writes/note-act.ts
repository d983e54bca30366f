import type { Database } from 'bun:sqlite'
import type { Event } from '@confab/protocol/event'
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
function storesOwn(write: Write, { heirId, roles = [], removed, events }: Committed): AuditEntry[] {
  if (!('actorId' in write)) return []
  const { actorId, at } = write
  const by = { at, actorId, network: ('network' in write && write.network) || null }
  const given = (targetId: string, detail: AuditDetail<'role.changed'>): AuditEntry => ({
    ...{ action: 'role.changed', targetId, detail, ...by },
  })
  const ofConversation = (targetId: string, act: ActOn): AuditEntry => ({ ...act, targetId, ...by })
  return [
    ...(heirId === undefined ? [] : [given(heirId, { role: 'admin' })]),
    ...roles.map(({ userId, ...detail }) => given(userId, detail)),
    ...events.flatMap((event) =>
      rulesOf(event).map((detail) =>
        ofConversation(event.conversationId, { action: 'conversation.changed', detail }),
      ),
    ),
    ...(removed
      ? [ofConversation(removed.conversationId, { action: 'message.removed', detail: { seq: removed.seq } })]
      : []),
  ]
}

type ActOn = { [Action in ActedOn]: { action: Action; detail: AuditDetail<Action> } }[ActedOn]
type ActedOn = 'conversation.changed' | 'message.removed'

/** Name and topic are no rules, and texts. */
function rulesOf({ type, data }: Event): AuditDetail<'conversation.changed'>[] {
  if (type !== 'conversation.changed') return []
  const { retentionDays, visibility, permissions } = data
  return [
    ...(retentionDays === undefined ? [] : [{ retentionDays }]),
    ...(visibility === undefined ? [] : [{ visibility }]),
    ...(permissions === undefined ? [] : [permissions]),
  ]
}
