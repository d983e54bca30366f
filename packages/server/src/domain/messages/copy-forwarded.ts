import type { ConversationId, UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import { readForMember } from '../conversations/access.ts'
import type { Domain } from '../domain.ts'

/**
 * The content of a message for another conversation: who wrote it and when, never where. Only what the
 * forwarder can read; of a forward it is still the first author's words. Mentions are left behind, for
 * nobody here was called. Refuses `not_found`, and `conflict` for a deleted message.
 */
export async function copyForwarded(
  domain: Domain,
  forwarderId: UserId,
  source: { conversationId: ConversationId; seq: number },
): Promise<{ text: string; forwardedFrom: { senderId: UserId; createdAt: number } }> {
  const viewerId = forwarderId
  const message = await readForMember(domain, { ...source, viewerId }, () =>
    domain.store.message({ ...source, viewerId }),
  )
  if (!message) throw new Refusal('not_found', { detail: 'There is no such message to forward' })
  if (message.deletedAt) throw new Refusal('conflict', { detail: 'The message is deleted' })
  const { senderId, createdAt } = message.forwardedFrom ?? message
  return { text: message.text, forwardedFrom: { senderId, createdAt: Date.parse(createdAt) } }
}
