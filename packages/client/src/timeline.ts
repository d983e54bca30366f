import type { Message } from '@confab/protocol/message'
import type { Refusal } from '@confab/protocol/refusal'
import type { Value } from './value.ts'

/** A message as a timeline shows it: the server's, or one that is still on its way there. */
export type TimelineItem = SentItem | PendingItem

export interface SentItem {
  readonly status: 'sent'
  readonly message: Message
}

/** `clientId` stays the same when the item becomes a `SentItem`: key a list by it. */
export interface PendingItem {
  /** `failed`: refused for good, with the reason; `retry` or `discard` it. */
  readonly status: 'sending' | 'failed'
  readonly clientId: string
  readonly text: string
  /** When it was handed over, ISO 8601. */
  readonly createdAt: string
  readonly replyToSeq?: number
  readonly priority?: 'high'
  /** A forward, with who wrote it and when; the text is empty where the message isn't held. */
  readonly forwardedFrom?: { readonly senderId: string; readonly createdAt: string }
  readonly refusal?: Refusal
}

/**
 * An unbroken stretch of a conversation that ends with its latest message, then what is on its way.
 * There is never a hole in it: what was missed is fetched first, or the older part is dropped and
 * `hasEarlier` says so.
 */
export interface Timeline {
  readonly items: readonly TimelineItem[]
  readonly hasEarlier: boolean
  /** True of a window on an old part alone: any other timeline ends with the latest message. */
  readonly hasLater: boolean
  /** `empty`: nothing was asked for yet. `loading`: a page is on its way. `failed`: it could not be had. */
  readonly state: 'empty' | 'loading' | 'ready' | 'failed'
  /** Why the last page could not be had, for a person. */
  readonly error?: string
}

/**
 * A window on an old part of a conversation: an unbroken stretch around the message that was asked for,
 * kept current. Loaded on to where the conversation's own timeline begins, it joins it, and is the same from
 * then on: `hasLater` is false then.
 */
export interface TimelineWindow {
  readonly timeline: Value<Timeline>
  /**
   * One more page. Resolves when it is in the timeline or there is no more; doesn't reject: see `timeline`.
   */
  loadEarlier(): Promise<void>
  loadLater(): Promise<void>
  /** To be called when nobody looks at it any more. */
  close(): void
}
