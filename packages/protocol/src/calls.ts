import { z } from 'zod'
import { conversation } from './conversation.ts'
import { emoji } from './emoji.ts'
import { wireEvent } from './event.ts'
import { type ConversationId, conversationId, userId, uuidPattern } from './ids.ts'
import { eventsPage, historyMessages, type Limits, listItems } from './limits.ts'
import { message } from './message.ts'
import { chosenStatus, presence } from './presence.ts'
import { receipt } from './pushes.ts'
import { cursor, requests, seq } from './requests.ts'
import { instant, me, user } from './user.ts'

/** Asks for more than the most are answered with the most. */
const limit = (bound: { default: number; max: number }) =>
  z
    .int()
    .positive()
    .transform((wanted) => Math.min(wanted, bound.max))
    .default(bound.default)

/** At most one of the three says where a page of history lies; with none it is the latest. */
export const historyPage = z
  .object({
    before: seq.optional(),
    after: cursor.optional(),
    around: seq.optional(),
    limit: limit(historyMessages),
    minHead: cursor.optional(),
  })
  .refine((page) => [page.before, page.after, page.around].filter((at) => at !== undefined).length <= 1, {
    message: 'before, after and around exclude each other',
  })
export type HistoryPage = z.infer<typeof historyPage>

export const eventsRange = z.object({ after: cursor.default(0), limit: limit(eventsPage) })
export const listPage = z.object({ cursor: z.string().max(512).optional(), limit: limit(listItems) })

/**
 * The last seq held, by conversation. Looked at by hand: a client may name thousands, and zod's record
 * takes 4 µs for each, which was a tenth of what a reconnecting client costs.
 */
const cursors = z
  .custom<Record<ConversationId, number>>(isCursors, 'must be the last seq held, by conversation')
  .meta({
    type: 'object',
    propertyNames: { pattern: uuidPattern.source },
    additionalProperties: { type: 'integer', minimum: 0 },
  })

function isCursors(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.entries(value).every(
    ([id, held]) => uuidPattern.test(id) && Number.isSafeInteger(held) && held >= 0,
  )
}

const watched = (limits: Limits) => z.object({ userIds: z.array(userId).max(limits.watchedUsers) })

/** The socket's calls: what each takes. Results are `callResults`. */
export function callParams(limits: Limits) {
  const { newMessage, messageEdit, read } = requests(limits)
  const ofMessage = z.object({ conversationId, seq })
  const ofReaction = ofMessage.extend({ emoji })
  return {
    auth: z.object({ token: z.string().min(1).max(8_192) }),
    sync: z.object({
      cursors: cursors.default({}),
      userRev: cursor.optional(),
      since: instant.optional(),
      /** It opens its next connection before it lets this one go, where a `notice` tells it to. */
      movesOnNotice: z.boolean().optional(),
    }),
    /** By `ids`, or else a page of one’s own. */
    conversations: listPage.extend({ ids: z.array(conversationId).max(listItems.max).optional() }),
    'message.send': newMessage.safeExtend({ conversationId }),
    'message.edit': messageEdit.extend(ofMessage.shape),
    'message.delete': ofMessage,
    'message.react': ofReaction,
    'message.unreact': ofReaction,
    'message.pin': ofMessage,
    'message.unpin': ofMessage,
    events: eventsRange.extend({ conversationId }),
    history: historyPage.safeExtend({ conversationId }),
    read: read.extend({ conversationId }),
    delivered: read.extend({ conversationId }),
    typing: z.object({ conversationId, typing: z.boolean() }),
    'presence.set': z.object({
      status: chosenStatus,
      /** Not chosen, but the state of this connection: online and away leave busy and invisible as they are. */
      again: z.boolean().optional(),
    }),
    'presence.watch': watched(limits),
    'presence.unwatch': watched(limits),
    ping: z.object({}),
  }
}

export type CallParams = {
  [Method in keyof ReturnType<typeof callParams>]: z.infer<ReturnType<typeof callParams>[Method]>
}
/** Params as a caller writes them: what has a default may be left out. */
export type CallInput = {
  [Method in keyof ReturnType<typeof callParams>]: z.input<ReturnType<typeof callParams>[Method]>
}
export type Method = keyof CallParams

const nothing = z.object({})
const presences = z.object({ presences: z.array(presence) })
/** Null for a write that changed nothing. */
const changed = z.object({ event: wireEvent.nullable() })

export const syncResult = z.object({
  userRev: z.int(),
  at: instant,
  conversations: z.array(conversation),
  events: z.array(wireEvent),
  more: z.array(z.object({ id: conversationId, head: z.int() })),
  reset: z.array(conversationId),
  removed: z.array(conversationId),
  receipts: z.array(receipt),
  users: z.array(user),
  me: me.optional(),
})
export type SyncResult = z.infer<typeof syncResult>

export const callResults = {
  auth: nothing,
  sync: syncResult,
  conversations: z.object({
    items: z.array(conversation),
    next: z.string().nullable(),
    /** Those of the ids that did not fit into the frame: ask again. */
    left: z.array(conversationId).optional(),
  }),
  'message.send': z.object({ message }),
  'message.edit': changed,
  'message.delete': changed,
  'message.react': changed,
  'message.unreact': changed,
  'message.pin': changed,
  'message.unpin': changed,
  events: z.object({ events: z.array(wireEvent), head: z.int() }),
  history: z.object({
    messages: z.array(message),
    head: z.int(),
    /** Those of the page that did not fit into the frame, by seq: ask on from the ends of what came. */
    left: z.array(z.int()).optional(),
  }),
  read: nothing,
  delivered: nothing,
  typing: nothing,
  'presence.set': nothing,
  'presence.watch': presences,
  'presence.unwatch': presences,
  ping: nothing,
} satisfies Record<Method, z.ZodType>

export type CallResults = { [M in Method]: z.infer<(typeof callResults)[M]> }

export const isMethod = (method: string): method is Method => Object.hasOwn(callResults, method)
