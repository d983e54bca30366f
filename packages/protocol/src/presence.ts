import { z } from 'zod'
import { userId } from './ids.ts'
import { instant } from './user.ts'

/** What others see. */
export const presenceStatus = z.enum(['online', 'away', 'busy', 'offline'])
export type PresenceStatus = z.infer<typeof presenceStatus>

/** What one sets: online and away belong to a connection, busy and invisible to the user. */
export const chosenStatus = z.enum(['online', 'away', 'busy', 'invisible'])
export type ChosenStatus = z.infer<typeof chosenStatus>

export const presence = z.object({ userId, status: presenceStatus, lastSeenAt: instant.nullable() })
export type Presence = z.infer<typeof presence>
