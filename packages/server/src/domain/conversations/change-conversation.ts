import type { Conversation } from '@confab/protocol/conversation'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { ConversationChange, MembershipChange } from '@confab/protocol/requests'
import { given } from '../../lib/given.ts'
import type { Domain } from '../domain.ts'
import { accessConversation, requireGroup, requireRole } from './access.ts'
import { findConversation } from './find-conversations.ts'

/** Renames, sets the topic or the visibility: for admins. */
export async function changeConversation(
  domain: Domain,
  conversationId: ConversationId,
  actorId: UserId,
  change: ConversationChange,
): Promise<Conversation> {
  const access = await accessConversation(domain, conversationId, actorId)
  requireGroup(access)
  requireRole(access, 'admin')
  if (change.visibility === 'public' && access.kind !== 'channel') {
    throw new Refusal('invalid', {
      errors: [{ path: 'visibility', message: 'only a channel can be public' }],
    })
  }
  await domain.commits.commit({
    write: 'conversation.change',
    conversationId,
    actorId,
    at: domain.clock.now(),
    change: given(change),
    needs: 'admin',
  })
  return findConversation(domain, conversationId, actorId)
}

/** Takes the conversation from everybody, with all that was said in it: for its owner. */
export async function deleteConversation(
  domain: Domain,
  conversationId: ConversationId,
  actorId: UserId,
): Promise<void> {
  const access = await accessConversation(domain, conversationId, actorId)
  requireGroup(access)
  requireRole(access, 'owner')
  await domain.commits.commit({
    write: 'conversation.delete',
    conversationId,
    actorId,
    at: domain.clock.now(),
    needs: 'owner',
  })
}

/** Mutes, pins, hides, drafts: what a member sets for themselves alone. */
export async function changeMembership(
  domain: Domain,
  conversationId: ConversationId,
  userId: UserId,
  change: MembershipChange,
): Promise<Conversation> {
  await domain.commits.commit({
    write: 'membership.change',
    conversationId,
    actorId: userId,
    at: domain.clock.now(),
    change: given(change),
  })
  return findConversation(domain, conversationId, userId)
}
