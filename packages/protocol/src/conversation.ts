import { z } from 'zod'
import { conversationId } from './ids.ts'
import { message } from './message.ts'
import { retentionDays } from './retention.ts'
import { instant, user } from './user.ts'

export const kind = z.enum(['direct', 'group', 'channel'])
export type Kind = z.infer<typeof kind>

export const visibility = z.enum(['private', 'public'])
export type Visibility = z.infer<typeof visibility>

export const role = z.enum(['owner', 'admin', 'member'])
export type Role = z.infer<typeof role>

export const notify = z.enum(['all', 'mentions', 'none'])
export type Notify = z.infer<typeof notify>

const who = z.enum(['members', 'admins'])

/** What a group or channel decides for itself: who may, all its members or its admins alone. */
export const conversationPermissions = z.object({ addMembers: who, post: who, pin: who, mentionAll: who })
export type ConversationPermissions = z.infer<typeof conversationPermissions>

/** The four cursor fields are null where the conversation has more members than `limits.receiptMembers`. */
export const member = z.object({
  user,
  role,
  joinedSeq: z.int(),
  readSeq: z.int().nullable(),
  readAt: instant.nullable(),
  deliveredSeq: z.int().nullable(),
  deliveredAt: instant.nullable(),
})
export type Member = z.infer<typeof member>

/** What one member alone sees and sets of a conversation. */
export const myMembership = z.object({
  role,
  readSeq: z.int(),
  unread: z.int(),
  mentions: z.int(),
  muted: z.boolean(),
  pinned: z.boolean(),
  notify,
  hidden: z.boolean(),
  markedUnread: z.boolean(),
  draft: z.string().nullable(),
})
export type MyMembership = z.infer<typeof myMembership>

/**
 * `permissions` are missing in a direct conversation, and at a server of before there were any: then those of
 * `defaultPermissions` hold. `members` are the 20 longest-standing;
 * `me` is null for who looks at a public channel from outside.
 */
export const conversation = z.object({
  id: conversationId,
  kind,
  name: z.string().nullable(),
  topic: z.string().nullable(),
  avatarUrl: z.string().nullable(),
  visibility,
  permissions: conversationPermissions.optional(),
  /**
   * For how many days it keeps messages, unless the server keeps them shorter; null as long as the server.
   */
  retentionDays: retentionDays.optional(),
  createdAt: instant,
  updatedAt: instant,
  head: z.int(),
  memberCount: z.int(),
  lastMessage: message.nullable(),
  members: z.array(member),
  me: myMembership.nullable(),
})
export type Conversation = z.infer<typeof conversation>
