import type { Who } from './demo-people.ts'

/**
 * A day of a conversation: how many days before the start, and what was said. A time of day is the clock's
 * in this machine's zone; of today it is how many minutes ago.
 */
export type Day = readonly [daysAgo: number, lines: readonly Line[]]
export type Line = readonly [at: string | number, by: Who, says: string, more?: More]

/** What became of a message. */
export interface More {
  /** A word by which others answer it. */
  as?: string
  to?: string
  reactions?: Partial<Record<string, readonly Who[]>>
  pinnedBy?: Who
  /** What it says now; the line tells what it said first. */
  edited?: string
  deleted?: true
  important?: true
}

/** A conversation as it is filled in. Its first member makes it. */
export interface Script {
  kind: 'direct' | 'group' | 'channel'
  name?: string
  topic?: string
  visibility?: 'public'
  members: readonly Who[]
  admins?: readonly Who[]
  days: readonly Day[]
  /** Of whom so many of the last messages wait to be read; everybody else has read it all. */
  unread?: Partial<Record<Who, number>>
  /** What members have set for themselves. */
  own?: Partial<Record<Who, { pinned?: true; muted?: true; draft?: string }>>
}
