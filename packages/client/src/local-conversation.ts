import type { Conversation } from '@confab/protocol/conversation'
import type { Event } from '@confab/protocol/event'
import { type Copy, copyOf } from '@confab/protocol/fold'
import type { Message } from '@confab/protocol/message'
import type { Receipt } from '@confab/protocol/pushes'

/** The last folded events that are kept, to be folded again onto what arrives from before them. */
export const recentEventsMax = 256

/** An event as it was folded, with the message that it was about, as that was before. */
export interface Folding {
  readonly event: Event
  readonly target: Message | undefined
}

/** A conversation as the server told it. `rev` is the userRev at which `me` was so, or later. */
export interface Snapshot {
  readonly conversation: Conversation
  readonly rev: number
}

/** What was unread after `readSeq` when the log ended at `head`: the server's own count. */
export interface Count {
  readonly readSeq: number
  readonly unread: number
  readonly mentions: number
  readonly head: number
}

/**
 * The local copy of one conversation: all of it pure data, changed by the functions below, which give
 * a new one. `conversation.head` is the cursor: everything up to it is folded in, nothing after it.
 */
export interface LocalConversation extends Copy {
  /** Ascending, and unbroken up to the cursor: what is held is always the end of the conversation. */
  readonly messages: readonly Message[]
  readonly hasEarlier: boolean
  /** Unbroken up to the cursor. */
  readonly recent: readonly Folding[]
  /** Events from beyond a gap, by seq. */
  readonly ahead: ReadonlyMap<number, Event>
  /** The highest seq heard of: when it is above the cursor, something is missing. */
  readonly headSeen: number
  /** A snapshot and a count of the unread from beyond the cursor, to be taken in when it gets there. */
  readonly snapshot: Snapshot | undefined
  readonly count: Count | undefined
  /**
   * What was told of the cursors of members who aren't shown yet: a snapshot that shows them may be older.
   */
  readonly early: ReadonlyMap<string, Receipt>
  /** The userRev of one's own settings here. */
  readonly rev: number
  /** The read cursor that the server is known to hold. One's own may be ahead of it. */
  readonly confirmedRead: number
  /** Something can't be told from the events alone: a new snapshot is needed. */
  readonly doubtful: boolean
}

/** A copy that begins at a snapshot. */
export function beginAt({ conversation, rev }: Snapshot): LocalConversation {
  const { lastMessage, head, me } = conversation
  return {
    ...copyOf(conversation),
    messages: lastMessage ? [lastMessage] : [],
    hasEarlier: lastMessage !== null && lastMessage.ordinal > 1,
    recent: [],
    ahead: new Map(),
    headSeen: head,
    snapshot: undefined,
    count: undefined,
    early: new Map(),
    rev,
    confirmedRead: me?.readSeq ?? 0,
    doubtful: false,
  }
}

export const cursorOf = (local: LocalConversation): number => local.conversation.head
export const isBehind = (local: LocalConversation): boolean => local.headSeen > local.conversation.head

/** The events folded after `head`; undefined where not all of them are kept. */
export function foldingsSince(local: LocalConversation, head: number): readonly Folding[] | undefined {
  if (head >= cursorOf(local)) return []
  const first = local.recent[0]
  if (!first || first.event.seq > head + 1) return undefined
  return local.recent.slice(head + 1 - first.event.seq)
}

/** Where in an ascending list the message with this seq is, or -1. */
export function indexOf(messages: readonly Message[], seq: number): number {
  let low = 0
  let high = messages.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const at = messages[middle]?.seq ?? 0
    if (at === seq) return middle
    if (at < seq) low = middle + 1
    else high = middle - 1
  }
  return -1
}
