import type { HistoryPage } from '@confab/protocol/calls'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Message, ReadBy } from '@confab/protocol/message'
import { Refusal } from '@confab/protocol/refusal'
import { isoTime } from '../../lib/clock.ts'
import { readForMember, readLogForMember } from '../conversations/access.ts'
import { type EventsPage, readFittingEvents } from '../delivery/read-fitting-events.ts'
import type { Domain } from '../domain.ts'

/**
 * A page of history, ascending. It is at least as new as the conversation was when the viewer was let in, and
 * so as anything that was told before: whatever `minHead` asks for is kept. One past the log's end is of
 * another history, and would only keep copies of the database from answering others.
 */
export async function readHistory(
  domain: Domain,
  viewerId: UserId,
  { conversationId, before, after, around, limit }: HistoryPage & { conversationId: ConversationId },
): Promise<{ messages: Message[]; head: number }> {
  return readLogForMember(domain, { conversationId, viewerId }, (atLeast) =>
    domain.store.history({ conversationId, viewerId, before, after, around, limit, atLeast }),
  )
}

/** The log after a seq, as far as it fits into a reply: what a member who was away catches up by. */
export async function readEvents(
  domain: Domain,
  viewerId: UserId,
  { conversationId, ...range }: { conversationId: ConversationId; after: number; limit: number },
): Promise<EventsPage> {
  return readLogForMember(domain, { conversationId, viewerId }, (atLeast) =>
    readFittingEvents((step) => domain.store.events({ conversationId, ...step, atLeast }), range),
  )
}

export type MessageWithReaders = Message & { readBy: ReadBy }

/** One message with who has read it. */
export async function readMessage(
  domain: Domain,
  viewerId: UserId,
  at: { conversationId: ConversationId; seq: number },
): Promise<MessageWithReaders> {
  return readForMember(domain, { ...at, viewerId }, async () => {
    const message = await domain.store.message({ ...at, viewerId })
    if (!message) throw new Refusal('not_found')
    const readers = await domain.store.readers(at)
    const readBy = readers?.map(({ userId, readAt }) => ({ userId, readAt: isoTime(readAt) })) ?? null
    return { ...message, readBy }
  })
}
