import { z } from 'zod'
import { attachmentId, conversationId, messageId, userId } from './ids.ts'
import { instant } from './user.ts'

export const attachment = z.object({
  id: attachmentId,
  name: z.string(),
  mime: z.string(),
  size: z.int(),
  width: z.int().optional(),
  height: z.int().optional(),
  durationMs: z.int().optional(),
  thumbhash: z.string().optional(),
  url: z.string(),
  thumbnailUrl: z.string().optional(),
})
export type Attachment = z.infer<typeof attachment>

export const mentions = z.object({ userIds: z.array(userId), all: z.boolean() })
export type Mentions = z.infer<typeof mentions>

export const reaction = z.object({ emoji: z.string(), count: z.int(), mine: z.boolean() })
export type Reaction = z.infer<typeof reaction>

/**
 * A message as it stands now. `seq` is its place in the conversation's log, `ordinal` its number among
 * the messages alone, `updatedSeq` the last event that touched it.
 */
export const message = z.object({
  conversationId,
  seq: z.int(),
  updatedSeq: z.int(),
  ordinal: z.int(),
  id: messageId,
  clientId: z.string(),
  senderId: userId,
  text: z.string(),
  attachments: z.array(attachment),
  mentions,
  replyTo: z.object({ seq: z.int() }).nullable(),
  forwardedFrom: z.object({ senderId: userId, createdAt: instant }).nullable(),
  reactions: z.array(reaction),
  pinned: z.boolean(),
  priority: z.literal('high').nullable(),
  createdAt: instant,
  editedAt: instant.nullable(),
  deletedAt: instant.nullable(),
})
export type Message = z.infer<typeof message>

/**
 * Who has read a message and since when, its sender among them; null above `limits.receiptMembers` members.
 */
export const readBy = z.array(z.object({ userId, readAt: instant })).nullable()
export type ReadBy = z.infer<typeof readBy>
