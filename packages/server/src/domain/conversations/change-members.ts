import type { Conversation, Role } from '@confab/protocol/conversation'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { Domain } from '../domain.ts'
import { accessConversation, requireGroup } from './access.ts'
import { findConversation } from './find-conversations.ts'

interface Change {
  conversationId: ConversationId
  actorId: UserId
  userId: UserId
}

/** Joins a public channel; any other conversation refuses `not_found`, as if it weren't there. */
export async function joinChannel(
  domain: Domain,
  conversationId: ConversationId,
  userId: UserId,
): Promise<Conversation> {
  const standing = await domain.store.standing(conversationId, userId)
  if (!standing?.role && standing?.visibility !== 'public') throw new Refusal('not_found')
  await domain.commits.commit({
    write: 'member.add',
    conversationId,
    actorId: userId,
    at: domain.clock.now(),
    userId,
    role: 'member',
  })
  return findConversation(domain, conversationId, userId)
}

/** Refuses `not_found` to who is no member. */
export const leaveConversation = (
  domain: Domain,
  conversationId: ConversationId,
  userId: UserId,
): Promise<void> => removeMember(domain, { conversationId, actorId: userId, userId })

/** Adds a person, or gives a member another role. Who may, the store says, under the conversation's lock. */
export async function putMember(
  domain: Domain,
  { conversationId, actorId, userId, role }: Change & { role?: Role | undefined },
): Promise<void> {
  // Even where nothing is to change, only a member is told that it is so.
  requireGroup(await accessConversation(domain, conversationId, actorId))
  const target = await domain.store.standing(conversationId, userId)
  const { clock, commits, network } = domain
  const change = { conversationId, actorId, at: clock.now(), userId, network }
  if (target?.role === undefined) {
    await commits.commit({ write: 'member.add', ...change, role: role ?? 'member' })
  } else if (role !== undefined && role !== target.role) {
    await commits.commit({ write: 'member.change', ...change, role })
  }
}

/** Removes a person, or leaves. */
export async function removeMember(
  domain: Domain,
  { conversationId, actorId, userId }: Change,
): Promise<void> {
  const at = domain.clock.now()
  const { network } = domain
  await domain.commits.commit({ write: 'member.remove', conversationId, actorId, at, userId, network })
}
