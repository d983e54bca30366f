import type { Role } from '@confab/protocol/conversation'
import { Refusal } from '@confab/protocol/refusal'
import type { ChangeRole, Committed } from '../../../ports/writes.ts'
import { requirePermission } from './access.ts'
import { nothingNew } from './committed.ts'
import type { MemberRow } from './members.ts'
import type { WriteTools } from './write-tools.ts'

/** A conversation but a direct one has exactly one owner: the role is handed over, never shed or taken. */
export function prepareChangeRole({ access, append, members }: WriteTools): (write: ChangeRole) => Committed {
  return ({ conversationId, actorId, at, userId, role }) => {
    const conversation = access.permit(conversationId, actorId, 'member.change')
    const member = members.find(conversation.num, userId)
    if (!member) throw new Refusal('not_found', { detail: 'this user is no member' })
    if (member.role === role) return nothingNew
    if (role === 'owner') requirePermission('conversation.handOver', conversation)
    if (member.role === 'owner')
      throw actorId === userId
        ? new Refusal('conflict', { detail: 'hand over the conversation first' })
        : new Refusal('forbidden', { detail: 'nobody can change the owner' })

    const { user: actor } = conversation
    const give = (who: MemberRow, to: Role) => {
      members.setRole(conversation.num, who, to)
      const data = { userId: who.userId, role: to }
      const event = { conversationId, type: 'member.changed', actorId, data } as const
      return {
        event: append(conversation, { actor, at }, event),
        given: { conversationId, userId: who.userId, from: who.role, to },
      }
    }
    const done = [give(member, role)]
    if (role === 'owner') done.push(give({ user: actor, userId: actorId, role: 'owner' }, 'admin'))
    access.saveHead(conversation)
    return {
      ...nothingNew,
      fresh: true,
      events: done.map(({ event }) => event),
      roles: done.map(({ given }) => given),
    }
  }
}
