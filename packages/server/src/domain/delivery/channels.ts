import type { ConversationId, UserId } from '@confab/protocol/ids'

/**
 * The bus's channels, and what travels on each.
 *
 * - a conversation: its events (`seq` > 0, the body an `event` push; the tag of a `member.left` is who
 *   left) and, with `seq` 0, pushes that belong to no log: receipts, by their tag, and typing.
 * - a user: by tag, `receipt`: a push of one's own cursor; `change`: a UserChange; `session-ended`: a session
 *   id; `notice`: a push of something to know now, of which nothing is kept.
 * - people: the id of a user whose profile changed.
 * - blocks: the ids of two of whom one has blocked the other, or no longer has.
 * - sharing: the ids of those who have come into a conversation or left one.
 */
export const conversationChannel = (id: ConversationId) => `c:${id}`
export const userChannel = (id: UserId) => `u:${id}`
export const peopleChannel = 'people'
export const blocksChannel = 'blocks'
export const sharingChannel = 'sharing'

export const receiptTag = 'receipt'
export const userTag = { change: 'change', sessionEnded: 'session-ended', notice: 'notice' } as const
