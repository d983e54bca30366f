import { z } from 'zod'
import { userId } from './ids.ts'
import { isBlank, storableText } from './text.ts'
import { instant, serverRole, user } from './user.ts'

export const suspensionReasonCodePoints = 500

/** Why an account is suspended, since when, and by which administrator. */
export const suspension = z.object({ reason: z.string(), at: instant, by: userId })
export type Suspension = z.infer<typeof suspension>

/** Somebody as administrators see them. `email` is null for a person whose account is being erased. */
export const account = user.extend({
  email: z.string().nullable(),
  serverRole,
  status: z.enum(['active', 'suspended']),
  suspension: suspension.nullable(),
  /** Whether an app's code is asked of them. A server that says nothing of it is one of before. */
  secondFactor: z.boolean().default(false),
  /** Null for who was never here, and for who is invisible and was not seen before. */
  lastSeenAt: instant.nullable(),
})
export type Account = z.infer<typeof account>

export const accountChange = z.object({ serverRole })

/** The reason is told to the person when they sign in, and to other administrators. */
export const newSuspension = z.object({
  reason: storableText(suspensionReasonCodePoints)
    .refine((text) => !isBlank(text), 'must not be blank')
    .meta({ minLength: 1 }),
})
