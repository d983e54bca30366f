import { z } from 'zod'
import { conversation } from './conversation.ts'
import { wireEvent } from './event.ts'
import { connectionId, conversationId, sessionId, userId } from './ids.ts'
import { limits } from './limits.ts'
import { presence } from './presence.ts'
import { instant, me, user } from './user.ts'

/**
 * A cursor that moved. Of one's own the server also says how much is left unread and at which head
 * that was counted, so that a device which doesn't hold the messages between needn't count them.
 */
export const receipt = z.object({
  conversationId,
  userId,
  readSeq: z.int().optional(),
  readAt: instant.optional(),
  deliveredSeq: z.int().optional(),
  deliveredAt: instant.optional(),
  mine: z.object({ unread: z.int(), mentions: z.int(), head: z.int() }).optional(),
})
export type Receipt = z.infer<typeof receipt>

/** The code of the `notice` by which a node that drains tells who moves on one: connect again, then go. */
export const drainingNotice = 'draining'

/** What the server sends unasked, by method. The first is always `hello`. */
export const pushParams = {
  hello: z.object({
    userId,
    connectionId,
    sessionId,
    epoch: z.string(),
    serverTime: instant,
    heartbeatMs: z.int(),
    limits,
  }),
  event: wireEvent,
  conversation: z.union([
    z.object({ userRev: z.int(), conversation }),
    z.object({ userRev: z.int(), removed: conversationId }),
  ]),
  me: z.object({ userRev: z.int(), me }),
  receipt,
  typing: z.object({ conversationId, userId, typing: z.boolean() }),
  presence,
  user: z.object({ user }),
  notice: z.looseObject({ code: z.string() }),
}

export type PushMethod = keyof typeof pushParams
export type PushParams = { [Method in PushMethod]: z.infer<(typeof pushParams)[Method]> }
export type Hello = PushParams['hello']
