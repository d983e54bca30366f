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
 * Puts a page before what is held. A page is as of its `head`: what happened since is folded onto it,
 * and it is `stale` where that is no longer known. It has `moved` when what is held begins elsewhere now.
 */
export function takePage(
  local: LocalConversation,
  page: HistoryPage,
  viewer: UserId,
): LocalConversation | 'stale' | 'moved' {
  if (page.before !== local.messages[0]?.seq) return 'moved'
  const since = foldingsSince(local, page.head)
  if (!since) return 'stale'
  // What lies beyond the cursor comes as an event: until then it is not part of this copy.
  const limit = page.before ?? cursorOf(local) + 1
  const earlier = page.messages.filter(({ seq }) => seq < limit)
  for (const { event } of since) {
    const target = event.data && 'target' in event.data ? indexOf(earlier, event.data.target) : -1
    const message = earlier[target] && fold(local, event, viewer, earlier[target]).message
    if (message) earlier[target] = message
  }
  return {
    ...local,
    messages: [...earlier, ...local.messages],
    hasEarlier: (earlier[0]?.ordinal ?? 1) > 1,
    headSeen: Math.max(local.headSeen, page.head),
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
