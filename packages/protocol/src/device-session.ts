import { z } from 'zod'
import { sessionId } from './ids.ts'
import { instant } from './user.ts'

/** One of one's own sessions, as it is shown to its owner. It holds no token. */
export const deviceSession = z.object({
  id: sessionId,
  /** The one that asks. */
  current: z.boolean(),
  createdAt: instant,
  /** To the hour. */
  lastUsedAt: instant,
  /** Where it began: an IPv4 /24 or IPv6 /48, so that no address is kept. Null where it isn't known. */
  network: z.string().nullable(),
  /** As the device called itself; null where it said nothing. */
  userAgent: z.string().nullable(),
})
export type DeviceSession = z.infer<typeof deviceSession>
