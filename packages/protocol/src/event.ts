import { z } from 'zod'
import { conversationPermissions, role, visibility } from './conversation.ts'
import { conversationId, userId } from './ids.ts'
import { mentions, message } from './message.ts'
import { retentionDays } from './retention.ts'
import { instant } from './user.ts'

const seq = z.int().positive()

/** What the log's events carry, by type. An event names messages by their `seq`: its `target`. */
export const eventData = {
  'message.created': z.object({ message }),
  'message.edited': z.object({ target: seq, text: z.string(), mentions, editedAt: instant }),
  'message.deleted': z.object({ target: seq, deletedAt: instant }),
  'reaction.added': z.object({ target: seq, emoji: z.string() }),
  'reaction.removed': z.object({ target: seq, emoji: z.string() }),
  'message.pinned': z.object({ target: seq }),
  'message.unpinned': z.object({ target: seq }),
  'member.joined': z.object({ userId, role: role.optional() }),
  'member.left': z.object({ userId, role: role.optional() }),
  'member.changed': z.object({ userId, role: role.optional() }),
  'conversation.changed': z.object({
    name: z.string().nullable().optional(),
    topic: z.string().nullable().optional(),
    avatarUrl: z.string().nullable().optional(),
    visibility: visibility.optional(),
    permissions: conversationPermissions.optional(),
    retentionDays: retentionDays.optional(),
  }),
} as const

export type EventType = keyof typeof eventData
export type EventData<Type extends EventType> = z.infer<(typeof eventData)[Type]>

/** One entry of a conversation's log. `seq` counts 1, 2, 3 … without gaps. */
export type Event = {
  [Type in EventType]: {
    conversationId: z.infer<typeof conversationId>
    seq: number
    type: Type
    actorId: z.infer<typeof userId>
    at: string
    data: EventData<Type>
  }
}[EventType]

export type EventOf<Type extends EventType> = Extract<Event, { type: Type }>

const envelope = { conversationId, seq, actorId: userId, at: instant }

const variant = <Type extends EventType>(type: Type) =>
  z.object({ ...envelope, type: z.literal(type), data: eventData[type] })

export const event = z.discriminatedUnion('type', [
  variant('message.created'),
  variant('message.edited'),
  variant('message.deleted'),
  variant('reaction.added'),
  variant('reaction.removed'),
  variant('message.pinned'),
  variant('message.unpinned'),
  variant('member.joined'),
  variant('member.left'),
  variant('member.changed'),
  variant('conversation.changed'),
])

/** An event of a type that a later version may bring: it advances the cursor and changes nothing. */
export const unknownEvent = z.object({ ...envelope, type: z.string(), data: z.unknown() })
export type UnknownEvent = z.infer<typeof unknownEvent>

/** An event off the wire: the envelope is checked here, its data by whoever folds a type that it knows. */
export const wireEvent = z.custom<Event>((value) => unknownEvent.safeParse(value).success, 'must be an event')
