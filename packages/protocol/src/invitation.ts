import { z } from 'zod'
import { conversationId, userId } from './ids.ts'
import { instant } from './user.ts'

const hoursMax = 365 * 24
const usesMax = 10_000
export const invitationTokenChars = 64

/**
 * What an invitation is made of: how long it is good (null: until it is revoked) and how often (null:
 * any number).
 */
export const newInvitation = z.object({
  expiresInHours: z
    .int()
    .min(1)
    .max(hoursMax)
    .nullable()
    .default(7 * 24),
  uses: z.int().min(1).max(usesMax).nullable().default(null),
})
export type NewInvitation = z.infer<typeof newInvitation>

/** One that is open still, as those see it who may revoke it. Its token is told once, when it is made. */
export const invitation = z.object({
  id: z.string(),
  createdBy: userId,
  createdAt: instant,
  expiresAt: instant.nullable(),
  usesMax: z.int().nullable(),
  uses: z.int(),
})
export type Invitation = z.infer<typeof invitation>

/** The link carries the token behind `#`, which no server is sent. */
export const freshInvitation = invitation.extend({ token: z.string(), url: z.string() })
export type FreshInvitation = z.infer<typeof freshInvitation>

export const invitationToken = z.object({ token: z.string().min(1).max(invitationTokenChars) })

/** Where an invitation leads, for who holds it. `conversation` is null for one to the installation itself. */
export const invitationTarget = z.object({
  conversation: z
    .object({
      id: conversationId,
      kind: z.string(),
      name: z.string().nullable(),
      topic: z.string().nullable(),
      memberCount: z.int(),
    })
    .nullable(),
})
export type InvitationTarget = z.infer<typeof invitationTarget>
