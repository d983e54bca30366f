import type { Event } from '@confab/protocol/event'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { FakeConversation } from './fake-conversation.ts'

/**
 * What a sync tells of conversations: those that are new, ahead of the cursor or changed,
 * as far as there is room.
 */
export function missingOf(
  mine: readonly FakeConversation[],
  viewer: UserId,
  cursors: Record<string, number>,
  changed: (id: ConversationId) => boolean,
  room: { eventsMax: number; conversationsMax: number; behindMax: number },
) {
  const held = new Map(Object.entries(cursors))
  const reset: string[] = []
  const events: Event[] = []
  const more: { id: string; head: number }[] = []
  const told: FakeConversation[] = []
  for (const one of mine) {
    const cursor = held.get(one.id)
    if (cursor === one.head && !changed(one.id)) continue
    const hasRoom = told.length < room.conversationsMax
    if (hasRoom) told.push(one)
    else more.push({ id: one.id, head: one.head })
    if (cursor === undefined) continue
    if (cursor > one.head || one.head - cursor > room.behindMax) {
      reset.push(one.id)
      continue
    }
    const after = one.log.slice(cursor, cursor + room.eventsMax - events.length)
    events.push(...after.map((entry) => one.served(entry)))
    if (hasRoom && cursor + after.length < one.head) more.push({ id: one.id, head: one.head })
  }
  return {
    conversations: told.map((one) => one.seenBy(viewer)),
    events,
    more,
    reset,
    removed: [...held.keys()].filter((id) => !mine.some((one) => one.id === id)),
  }
}
