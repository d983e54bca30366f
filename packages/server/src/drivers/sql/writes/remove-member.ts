import type { Event } from '@confab/protocol/event'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { Committed, RemoveMember, UserChange } from '../../../ports/writes.ts'
import type { Permitted } from './access.ts'
import { nothingNew } from './committed.ts'
import type { EraseConversation } from './erase-conversation.ts'
import type { MemberRow } from './members.ts'
import type { WriteTools } from './write-tools.ts'

export type Leave = (leaving: {
  conversationId: ConversationId
  conversation: Permitted
  actorId: UserId
  member: MemberRow
  at: number
}) => { events: Event[]; userChange: UserChange } & Pick<Committed, 'rest' | 'roles'>

/**
 * Takes a member out: `member.left`, and where the owner leaves, `member.changed` for the heir, who is also
 * its actor, since nothing may be ordered after its actor's `member.left`. The last to leave deletes the
 * conversation.
 */
export function prepareLeave({ access, append, members }: WriteTools, erase: EraseConversation): Leave {
  return ({ conversationId, conversation, actorId, member, at }) => {
    const { userId } = member
    const actor = conversation.user
    const data = { userId }
    const left = append(conversation, { actor, at }, { conversationId, type: 'member.left', actorId, data })
    const userChange = members.remove({ conversationId, conversation }, member, at)
    if (conversation.memberCount === 0) {
      const { rest } = erase.begin({ num: conversation.num, id: conversationId, at })
      return { events: [left], userChange, rest }
    }
    const heir = member.role === 'owner' ? members.heir(conversation.num) : undefined
    if (heir) members.setRole(conversation.num, heir, 'owner')
    const events: Event[] = heir
      ? [
          left,
          append(
            conversation,
            { actor: heir.user, at },
            {
              conversationId,
              type: 'member.changed',
              actorId: heir.userId,
              data: { userId: heir.userId, role: 'owner' },
            },
          ),
        ]
      : [left]
    access.saveHead(conversation)
    const roles = heir && [{ conversationId, userId: heir.userId, from: heir.role, to: 'owner' as const }]
    return { events, userChange, ...(roles && { roles }) }
  }
}

export function prepareRemoveMember(
  { access, members }: WriteTools,
  leave: Leave,
): (write: RemoveMember) => Committed {
  return ({ conversationId, actorId, at, userId }) => {
    const action = actorId === userId ? 'member.leave' : 'member.remove'
    const conversation = access.permit(conversationId, actorId, action)
    const member = members.find(conversation.num, userId)
    if (!member) throw new Refusal('not_found', { detail: 'this user is no member' })
    if (member.role === 'owner' && actorId !== userId)
      throw new Refusal('forbidden', { detail: 'nobody can remove the owner' })
    const leaving = { conversationId, conversation, actorId, member, at }
    const { userChange, roles: given = [], ...left } = leave(leaving)
    // A member who goes by themselves loses nothing that somebody had given them.
    const isLost = actorId !== userId || member.role !== 'member'
    const lost = isLost ? [{ conversationId, userId, from: member.role, to: null }] : []
    const roles = [...lost, ...given]
    const userChanges = [userChange]
    return { ...nothingNew, fresh: true, userChanges, ...left, ...(roles.length > 0 && { roles }) }
  }
}
