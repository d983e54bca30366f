import type { UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import type { LocalConversation } from './local-conversation.ts'
import { cursorOf } from './local-conversation.ts'
import type { OutboxItem } from './outbox-lines.ts'
import type { PendingItem, SentItem, Timeline, TimelineItem } from './timeline.ts'
import { sameItems } from './value.ts'

export interface Loading {
  readonly state: Timeline['state']
  readonly error?: string
}

const sentItems = new WeakMap<Message, SentItem>()
const pendingItems = new WeakMap<OutboxItem, PendingItem>()

/**
 * The timeline of a copy and what is on its way there. A message is in it once: as soon as the copy has
 * it, what was sent gives way. Items, and the list, are the same objects where nothing changed.
 */
export function composeTimeline(
  last: Timeline | undefined,
  local: LocalConversation | undefined,
  outbox: readonly OutboxItem[],
  loading: Loading,
  viewer: UserId | undefined,
): Timeline {
  const messages = local?.messages ?? []
  const items = sameItems(last?.items, [...messages.map(sentItem), ...pendingAfter(local, outbox, viewer)])
  const hasEarlier = local?.hasEarlier ?? false
  const { state, error } = loading
  if (
    last &&
    last.items === items &&
    last.hasEarlier === hasEarlier &&
    last.state === state &&
    last.error === error
  )
    return last
  return { items, hasEarlier, hasLater: false, state, ...(error !== undefined && { error }) }
}

function pendingAfter(
  local: LocalConversation | undefined,
  outbox: readonly OutboxItem[],
  viewer: UserId | undefined,
): TimelineItem[] {
  if (outbox.length === 0) return []
  const cursor = local ? cursorOf(local) : 0
  const mine = new Set<string>()
  for (const { senderId, clientId } of local?.messages ?? []) if (senderId === viewer) mine.add(clientId)
  const stored: Message[] = []
  const pending: TimelineItem[] = []
  for (const item of outbox) {
    if (mine.has(item.entry.clientId)) continue
    if (item.state.status !== 'stored') pending.push(pendingItem(item, item.state))
    else if (item.state.message.seq > cursor) stored.push(item.state.message)
  }
  return [...stored.sort((a, b) => a.seq - b.seq).map(sentItem), ...pending]
}

export function sentItem(message: Message): SentItem {
  const known = sentItems.get(message) ?? { status: 'sent', message }
  sentItems.set(message, known)
  return known
}

function pendingItem(
  item: OutboxItem,
  state: Exclude<OutboxItem['state'], { status: 'stored' }>,
): PendingItem {
  const { clientId, text, createdAt, replyToSeq, priority, forwardedFrom } = item.entry
  const known: PendingItem = pendingItems.get(item) ?? {
    status: state.status,
    clientId,
    text,
    createdAt: new Date(createdAt).toISOString(),
    ...(replyToSeq !== undefined && { replyToSeq }),
    ...(priority && { priority }),
    ...(forwardedFrom && { forwardedFrom }),
    ...(state.status === 'failed' && { refusal: state.refusal }),
  }
  pendingItems.set(item, known)
  return known
}
