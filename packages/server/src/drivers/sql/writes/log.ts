import type { Database } from 'bun:sqlite'
import type { Event, EventData } from '@confab/protocol/event'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { iso } from '../iso.ts'
import type { OpenConversation } from './access.ts'

/** Types that need a row of their own in `events`, and name no message. */
type StateEvent = 'member.joined' | 'member.left' | 'member.changed' | 'conversation.changed'

type NewEvent = {
  [Type in StateEvent]: {
    conversationId: ConversationId
    type: Type
    actorId: UserId
    data: EventData<Type>
  }
}[StateEvent]

/**
 * Appends to the log. The event's time is the write's, or the last event's if that is later.
 * The caller saves the head when the last event of its write is in.
 */
export type Append = (
  conversation: OpenConversation,
  by: { actor: number; at: number },
  event: NewEvent,
) => Event

export function prepareAppend(database: Database): Append {
  const insert = database.prepare<never, (number | string | null)[]>(
    'INSERT INTO events VALUES ((?1 << 32) + ?2, ?3, ?4, ?5, ?6, ?7)',
  )
  return (conversation, { actor, at }, event) => {
    conversation.head += 1
    conversation.lastAt = Math.max(conversation.lastAt, at)
    const { num, head: seq, lastAt } = conversation
    insert.run(num, seq, event.type, actor, lastAt, null, JSON.stringify(event.data))
    return { ...event, seq, at: iso(lastAt) }
  }
}
