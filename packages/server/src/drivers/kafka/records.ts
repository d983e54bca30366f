import { type EventType, eventData } from '@confab/protocol/event'
import { conversationId, userId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { LoggedEvent } from '../../ports/event-log.ts'

/**
 * A record's key is the conversation, so that a partition has all of it in order; its value this, as JSON.
 * What a record must never hold is what was said, or a name:
 * nothing that Kafka keeps can be edited or erased there.
 */
const record = z.object({
  epoch: z.string().default(''),
  conversationId,
  seq: z.number().int().min(1),
  type: z.custom<EventType>((type) => typeof type === 'string' && type in eventData),
  actorId: userId,
  at: z.number(),
})

export const recordOf = (event: LoggedEvent): { key: string; value: string } => ({
  key: event.conversationId,
  value: JSON.stringify(event),
})

/** Undefined for what isn't ours, or of a version that knows more. */
export function parseRecord(value: string | undefined): LoggedEvent | undefined {
  try {
    return record.safeParse(JSON.parse(value ?? '')).data
  } catch {
    return undefined
  }
}
