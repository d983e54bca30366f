import type { Conversation } from '@confab/protocol/conversation'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { ConversationChange, MembershipChange } from '@confab/protocol/requests'
import { given } from '../../lib/given.ts'
import type { Domain } from '../domain.ts'
import { requireNoLonger } from '../retention/retention-setting.ts'
import { actOf } from '../security/act.ts'
import { findConversation } from './find-conversations.ts'

/**
 * Renames, sets the topic, the visibility, or who may do what. Who may, the store says,
 * under the conversation's lock.
 */
export async function changeConversation(
  domain: Domain,
  conversationId: ConversationId,
  actorId: UserId,
  change: ConversationChange,
): Promise<Conversation> {
  const { commits, clock, network } = domain
  const { permissions, ...fields } = change
  if (typeof fields.retentionDays === 'number') await requireNoLonger(domain, fields.retentionDays)
  await commits.commit({
    write: 'conversation.change',
    conversationId,
    actorId,
    at: clock.now(),
    network,
    change: { ...given(fields), ...(permissions && { permissions: given(permissions) }) },
  })
  return findConversation(domain, conversationId, actorId)
}

/** Takes the conversation from everybody, with all that was said in it. */
export async function deleteConversation(
  domain: Domain,
  conversationId: ConversationId,
  actorId: UserId,
): Promise<void> {
  const noted = actOf(domain, actorId, { action: 'conversation.deleted', targetId: conversationId })
  const write = 'conversation.delete'
  await domain.commits.commit({ write, conversationId, actorId, at: noted.at, noted })
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
