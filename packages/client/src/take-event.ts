import type { Event } from '@confab/protocol/event'
import { fold, targetOf } from '@confab/protocol/fold'
import type { UserId } from '@confab/protocol/ids'
import { leavesDoubt } from './leaves-doubt.ts'
import { cursorOf, indexOf, type LocalConversation, recentEventsMax } from './local-conversation.ts'
import { takeSnapshot } from './take-snapshot.ts'
import { recount } from './unread.ts'

/** Events kept from beyond a gap, fewer than `recent` holds. What doesn't fit is fetched with the gap. */
export const aheadEventsMax = 200

/** Takes an event in whatever order it comes: folds it and what it makes whole, or keeps it for later. */
export function takeEvent(local: LocalConversation, event: Event, viewer: UserId): LocalConversation {
  const cursor = cursorOf(local)
  if (event.seq <= cursor) return local
  const headSeen = Math.max(local.headSeen, event.seq)
  if (event.seq > cursor + 1) {
    if (local.ahead.size >= aheadEventsMax) return { ...local, headSeen }
    return { ...local, headSeen, ahead: new Map(local.ahead).set(event.seq, event) }
  }
  return takeAhead(foldNext({ ...local, headSeen }, event, viewer), viewer)
}

/** Folds what was kept and is now next in order, then what waited for the cursor. */
export function takeAhead(local: LocalConversation, viewer: UserId): LocalConversation {
  let next = local
  if (local.ahead.size > 0) {
    const ahead = new Map(local.ahead)
    for (let event = ahead.get(cursorOf(next) + 1); event; event = ahead.get(cursorOf(next) + 1))
      next = foldNext(next, event, viewer)
    for (const seq of ahead.keys()) if (seq <= cursorOf(next)) ahead.delete(seq)
    next = { ...next, ahead }
  }
  const { snapshot, count } = next
  if (snapshot && snapshot.conversation.head <= cursorOf(next))
    next = takeSnapshot({ ...next, snapshot: undefined }, snapshot, viewer)
  if (count && count.head <= cursorOf(next)) next = recount({ ...next, count: undefined }, count, viewer)
  return next
}

function foldNext(local: LocalConversation, event: Event, viewer: UserId): LocalConversation {
  const seq = targetOf(event)
  const index = seq === undefined ? -1 : indexOf(local.messages, seq)
  const target = local.messages[index]
  const { conversation, roles, message } = fold(local, event, viewer, target)
  const before = local.conversation.me?.readSeq ?? 0
  // Where the server didn't know yet how far one has read, it didn't move the cursor along either.
  const moved = conversation.me && conversation.me.readSeq !== before && local.confirmedRead >= before
  return {
    ...local,
    conversation,
    roles,
    messages: !message
      ? local.messages
      : index < 0
        ? [...local.messages, message]
        : message === target
          ? local.messages
          : local.messages.with(index, message),
    recent: [...local.recent.slice(1 - recentEventsMax), { event, target }],
    confirmedRead: moved && conversation.me ? conversation.me.readSeq : local.confirmedRead,
    doubtful: local.doubtful || leavesDoubt(conversation, { event, target }, viewer),
  }
}
