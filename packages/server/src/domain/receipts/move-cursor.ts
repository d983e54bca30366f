import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Domain } from '../domain.ts'

/**
 * Moves a member's read or delivered cursor: only forward, clamped to the head. A step back does nothing.
 * The store checks the membership.
 */
export async function moveCursor(
  { commits, clock }: Domain,
  userId: UserId,
  {
    conversationId,
    cursor,
    seq,
  }: { conversationId: ConversationId; cursor: 'read' | 'delivered'; seq: number },
): Promise<void> {
  await commits.commit({
    write: 'cursor.move',
    conversationId,
    actorId: userId,
    at: clock.now(),
    cursor,
    seq,
  })
}
