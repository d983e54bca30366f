import { z } from 'zod'
import { userId } from './ids.ts'

/** How long messages stay, in days; null for ever. Ten years at most, beyond which nobody plans. */
export const retentionDays = z.int().min(1).max(3_650).nullable()

/** What the server's administrators decide for every conversation. One can be set to less, never to more. */
export const retention = z.object({ days: retentionDays })
export type Retention = z.infer<typeof retention>

/** Who deletes a message whose time is over: the actor of its `message.deleted`, and no member. */
export const systemUserId = userId.parse('00000000-0000-7000-8000-000000000000')

/** What holds in a conversation: the shorter of the two. */
export const retentionIn = (
  { retentionDays: own }: { retentionDays?: number | null | undefined },
  { days }: Retention,
): number | null => (own == null ? days : days === null ? own : Math.min(own, days))
