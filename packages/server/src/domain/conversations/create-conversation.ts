import type { Conversation } from '@confab/protocol/conversation'
import type { UserId } from '@confab/protocol/ids'
import { conversationId } from '@confab/protocol/ids'
import type { NewConversation } from '@confab/protocol/requests'
import { assert } from '../../lib/assert.ts'
import { digest16 } from '../../lib/hash.ts'
import type { Domain } from '../domain.ts'
import { findConversation } from './find-conversations.ts'

/**
 * Makes a conversation, or finds the one that the pair already has or that the same `clientId` made.
 * Refuses `not_found` where someone invited isn't a user.
 */
export async function createConversation(
  domain: Domain,
  creatorId: UserId,
  { clientId, kind, name, topic, visibility, memberIds }: NewConversation,
): Promise<{ conversation: Conversation; fresh: boolean }> {
  const committed = await domain.commits.commit({
    write: 'conversation.create',
    conversationId: conversationId.parse(domain.newId()),
    actorId: creatorId,
    at: domain.clock.now(),
    kind,
    name: kind === 'direct' ? null : (name ?? null),
    topic: kind === 'direct' ? null : (topic ?? null),
    visibility: visibility ?? 'private',
    memberIds: [...new Set(memberIds)].filter((id) => id !== creatorId || kind === 'direct'),
    ...(clientId !== undefined && { createKey: digest16(`create ${creatorId} ${clientId}`) }),
  })
  assert(committed.conversationId, 'a conversation was made without an id')
  const conversation = await findConversation(domain, committed.conversationId, creatorId)
  return { conversation, fresh: committed.fresh }
}
