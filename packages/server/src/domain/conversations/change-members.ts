import type { Conversation, Role } from '@confab/protocol/conversation'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { Domain } from '../domain.ts'
import { accessConversation, requireGroup, requireRole } from './access.ts'
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
    needs: 'self',
  })
  return findConversation(domain, conversationId, userId)
}

export async function leaveConversation(
  domain: Domain,
  conversationId: ConversationId,
  userId: UserId,
): Promise<void> {
  requireGroup(await accessConversation(domain, conversationId, userId))
  await domain.commits.commit({
    write: 'member.remove',
    conversationId,
    actorId: userId,
    at: domain.clock.now(),
    userId,
    needs: 'self',
  })
}

/**
 * Adds a person (members may), or gives a member another role: admins make admins and members, an owner
 * may also hand over the conversation, and nobody else touches the owner's role.
 */
export async function putMember(
  domain: Domain,
  { conversationId, actorId, userId, role }: Change & { role?: Role | undefined },
): Promise<void> {
  const access = await accessConversation(domain, conversationId, actorId)
  requireGroup(access)
  const target = await domain.store.standing(conversationId, userId)
  const change = { conversationId, actorId, at: domain.clock.now(), userId }
  if (target?.role === undefined) {
    const needs = role === undefined || role === 'member' ? 'member' : 'admin'
    requireRole(access, role === 'owner' ? 'owner' : needs)
    if (role === 'owner') throw new Refusal('conflict', { detail: 'Only a member can become the owner' })
    await domain.commits.commit({ write: 'member.add', ...change, role: role ?? 'member', needs })
  } else if (role !== undefined && role !== target.role) {
    const needs = target.role === 'owner' || role === 'owner' ? 'owner' : 'admin'
    requireRole(access, needs)
    requireSuccessor(target.role)
    await domain.commits.commit({ write: 'member.change', ...change, role, needs })
  }
}

/** Removes a person (admins may, except the owner), or leaves. */
export async function removeMember(
  domain: Domain,
  { conversationId, actorId, userId }: Change,
): Promise<void> {
  if (actorId === userId) return leaveConversation(domain, conversationId, userId)
  const access = await accessConversation(domain, conversationId, actorId)
  requireGroup(access)
  requireRole(access, 'admin')
  const target = await domain.store.standing(conversationId, userId)
  if (target?.role === 'owner') throw new Refusal('forbidden', { detail: 'Nobody removes the owner' })
  await domain.commits.commit({
    write: 'member.remove',
    conversationId,
    actorId,
    at: domain.clock.now(),
    userId,
    needs: 'admin',
  })
}

/** An owner gives the role to another; to lay it down without a successor is a conflict. */
function requireSuccessor(targetRole: Role): void {
  if (targetRole === 'owner') {
    throw new Refusal('conflict', { detail: 'Make another member the owner instead' })
  }
}
