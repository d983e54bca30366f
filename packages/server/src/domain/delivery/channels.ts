import type { ConversationId, UserId } from '@confab/protocol/ids'

/**
 * The bus's channels, and what travels on each.
 *
 * - a conversation: its events (`seq` > 0, the body an `event` push; the tag of a `member.left` is who
 *   left) and, with `seq` 0, pushes that belong to no log: receipts and typing.
 * - a user: by tag, `push`: a push for all devices; `change`: a UserChange; `session-ended`: a session id.
 * - people: the id of a user whose profile changed.
 * - blocks: the ids of two of whom one has blocked the other, or no longer has.
 */
export const conversationChannel = (id: ConversationId) => `c:${id}`
export const userChannel = (id: UserId) => `u:${id}`
export const peopleChannel = 'people'
export const blocksChannel = 'blocks'

export const userTag = { push: 'push', change: 'change', sessionEnded: 'session-ended' } as const
