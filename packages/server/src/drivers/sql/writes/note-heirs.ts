import type { Database } from 'bun:sqlite'
import type { AuditAction, AuditDetail } from '../../../ports/audit-log.ts'
import type { Outcome, Write } from '../../../ports/writes.ts'

/**
 * Keeps in the audit log who was erased, and who owns or administers since somebody has gone: with the write,
 * since asked again the store tells nobody's heirs any more.
 */
export function prepareNoteHeirs(database: Database): (write: Write, outcome: Outcome) => void {
  const append = database.prepare<never, (string | number | null)[]>(
    'INSERT INTO audit_log (action, at, actor_id, target_id, network, detail) VALUES (?, ?, ?, ?, ?, ?)',
  )
  return (write, outcome) => {
    if (write.write !== 'user.erase' && write.write !== 'member.remove') return
    if (outcome.status !== 'committed' || !outcome.fresh) return
    const { actorId, at, network = null } = write
    const note = (action: AuditAction, targetId: string, detail: object) =>
      append.run(action, at, actorId, targetId, network, JSON.stringify(detail))
    const noteRole = (targetId: string, detail: AuditDetail<'role.changed'>) =>
      note('role.changed', targetId, detail)
    const { heirId, heirs = [] } = outcome
    if (heirId !== undefined) noteRole(heirId, { role: 'admin' })
    for (const { conversationId, userId, from } of heirs) {
      noteRole(userId, { conversationId, from, to: 'owner' })
    }
    if (write.write === 'user.erase') note('account.erased', actorId, {})
  }
}
