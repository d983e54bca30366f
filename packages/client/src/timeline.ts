import type { Message } from '@confab/protocol/message'
import type { Refusal } from '@confab/protocol/refusal'

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
  /** Always false so far: a timeline ends with the latest message. */
  readonly hasLater: boolean
  /** `empty`: nothing was asked for yet. `loading`: a page is on its way. `failed`: it could not be had. */
  readonly state: 'empty' | 'loading' | 'ready' | 'failed'
  /** Why the last page could not be had, for a person. */
  readonly error?: string
}
