import type { ConversationId } from '@confab/protocol/ids'

/**
 * Over what a store's conversations are spread. All that a conversation holds lies on one shard; a transaction
 * of several is dearer, and waits for the slowest of them.
 */
export interface Shards {
  count: number
  /** From 0 on; of a conversation always the same. */
  of(conversationId: ConversationId): number
}
