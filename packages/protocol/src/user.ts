import { z } from 'zod'
import { userId } from './ids.ts'

/** An instant, ISO 8601 in UTC with milliseconds: `2026-11-21T08:15:00.000Z`. */
export const instant = z.iso.datetime()

export const handlePattern = /^[a-z0-9_]{2,32}$/
/** `@all` calls everybody, so nobody bears it as a handle. */
export const everybodysHandle = 'all'

export const user = z.object({
  id: userId,
  name: z.string(),
  handle: z.string(),
  avatarUrl: z.string().nullable(),
  bio: z.string(),
  createdAt: instant,
  updatedAt: instant,
})
export type User = z.infer<typeof user>

/** What somebody is to the whole installation. Its first user is an administrator. */
export const serverRole = z.enum(['admin', 'member'])
export type ServerRole = z.infer<typeof serverRole>

/** The signed-in person, as only they see themselves. */
export const me = user.extend({
  email: z.string(),
  locale: z.string().nullable(),
  timezone: z.string().nullable(),
  settings: z.record(z.string(), z.unknown()),
  blocks: z.array(userId),
  /** A server that says nothing of it is one of before there were roles. */
  serverRole: serverRole.default('member'),
})
export type Me = z.infer<typeof me>
