import { z } from 'zod'

/**
 * Every bound that a client can meet, with its default. An installation may set its own; `hello`
 * tells a client which are in force. Sizes are bytes, text is counted in Unicode code points.
 */
export const limits = z.object({
  textCodePoints: z.int().positive().default(5_000),
  nameCodePoints: z.int().positive().default(100),
  topicCodePoints: z.int().positive().default(1_000),
  bioCodePoints: z.int().positive().default(500),
  attachments: z.int().positive().default(10),
  uploadBytes: z
    .int()
    .positive()
    .default(25 * 1024 * 1024),
  messagesPerMinute: z.int().positive().default(60),
  reactionsPerMinute: z.int().positive().default(30),
  frameBytes: z
    .int()
    .positive()
    .default(1024 * 1024),
  membersPerCall: z.int().positive().default(1_000),
  watchedUsers: z.int().positive().default(1_000),
  reactionKinds: z.int().positive().default(50),
  receiptMembers: z.int().positive().default(100),
})
export type Limits = z.infer<typeof limits>

export const defaultLimits: Limits = limits.parse({})

/** Bounds of the contract itself, the same on every installation. */
export const clientIdChars = 64
export const listItems = { default: 50, max: 100 }
export const historyMessages = { default: 50, max: 100 }
export const eventsPage = { default: 50, max: 500 }
export const syncConversationsMax = 100
export const syncEventsMax = 1_000
/** A copy further behind its conversation's head than this is not worth mending: it is reset. */
export const syncBehindMax = 5_000
export const conversationMembersShown = 20
/** People that one person can block. */
export const blocksMax = 1_000

export const heartbeatMs = 15_000
export const silenceMs = 30_000
export const signInWithinMs = 5_000
export const typingMs = 5_000
