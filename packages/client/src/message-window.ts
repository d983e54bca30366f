import { fold } from '@confab/protocol/fold'
import type { UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import type { User } from '@confab/protocol/user'
import { cursorOf, foldingsSince, indexOf, type LocalConversation } from './local-conversation.ts'

/** Messages kept of a conversation that nobody looks at, and the most of one that is looked at. */
export const closedMessagesMax = 50
export const openMessagesMax = 10_000

/** A page of history as asked for and answered. `before` is undefined when nothing was held. */
export interface HistoryPage {
  readonly before: number | undefined
  readonly messages: readonly Message[]
  readonly head: number
}

/**
 * Puts a page before what is held. It is `stale` where what happened since is no longer known, and has
 * `moved` when what is held begins elsewhere now.
 */
export function takePage(
  local: LocalConversation,
  page: HistoryPage,
  viewer: UserId,
): LocalConversation | 'stale' | 'moved' {
  if (page.before !== local.messages[0]?.seq) return 'moved'
  const messages = broughtUp(local, page, viewer)
  if (!messages) return 'stale'
  // What lies beyond the cursor comes as an event: until then it is not part of this copy.
  const limit = page.before ?? cursorOf(local) + 1
  const earlier = messages.filter(({ seq }) => seq < limit)
  return {
    ...local,
    messages: [...earlier, ...local.messages],
    hasEarlier: (earlier[0]?.ordinal ?? 1) > 1,
    headSeen: Math.max(local.headSeen, page.head),
  }
}

/**
 * Messages as of a `head`, as they are now: what happened since is folded onto them.
 * Undefined where that isn't known.
 */
export function broughtUp(
  local: LocalConversation,
  { messages, head }: Pick<HistoryPage, 'messages' | 'head'>,
  viewer: UserId,
): readonly Message[] | undefined {
  const since = foldingsSince(local, head)
  if (!since || since.length === 0) return since && messages
  const now = [...messages]
  for (const { event } of since) {
    const target = event.data && 'target' in event.data ? indexOf(now, event.data.target) : -1
    const message = now[target] && fold(local, event, viewer, now[target]).message
    if (message) now[target] = message
  }
  return now
}

/** Puts messages before what is held, which they reach up to or overlap with. As of the cursor, as it is. */
export function joinMessages(local: LocalConversation, messages: readonly Message[]): LocalConversation {
  const limit = local.messages[0]?.seq ?? cursorOf(local) + 1
  const earlier = messages.filter(({ seq }) => seq < limit)
  if (earlier.length === 0) return local
  return {
    ...local,
    messages: [...earlier, ...local.messages],
    hasEarlier: (earlier[0]?.ordinal ?? 1) > 1,
  }
}

/** Keeps the latest `max` messages. */
export function keepMessages(local: LocalConversation, max: number): LocalConversation {
  if (local.messages.length <= max) return local
  return { ...local, messages: local.messages.slice(-max), hasEarlier: true }
}

/** A person changed: so does the member that they are, unless this is the older word. */
export function takeUser(local: LocalConversation, user: User): LocalConversation {
  const { conversation } = local
  const index = conversation.members.findIndex((member) => member.user.id === user.id)
  const member = conversation.members[index]
  if (!member || member.user.updatedAt >= user.updatedAt) return local
  return {
    ...local,
    conversation: { ...conversation, members: conversation.members.with(index, { ...member, user }) },
  }
}
