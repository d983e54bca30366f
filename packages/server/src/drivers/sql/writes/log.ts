import type { Database } from 'bun:sqlite'
import type { Event, EventData, EventType } from '@confab/protocol/event'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { iso } from '../iso.ts'
import type { OpenConversation } from './access.ts'

/** Types that have a row of their own in `events`: a message is its own `message.created`. */
type LoggedEvent = Exclude<EventType, 'message.created'>

type NewEvent = {
  [Type in LoggedEvent]: {
    conversationId: ConversationId
    type: Type
    actorId: UserId
    data: EventData<Type>
  }
}[LoggedEvent]

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
    const target = 'target' in event.data ? event.data.target : null
    insert.run(num, seq, event.type, actor, lastAt, target, JSON.stringify(keptOf(event)))
    return { ...event, seq, at: iso(lastAt) }
  }
}

/** What the log keeps: who did what to which message, and never a text. */
function keptOf({ type, data }: NewEvent): object {
  if (type !== 'message.edited') return data
  const { target, editedAt } = data
  return { target, editedAt }
}
