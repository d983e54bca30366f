import type { ConversationId, MessageId, UserId } from '@confab/protocol/ids'
import type { StoredText } from './text-seal.ts'

/** Where a text lies in its table. */
export type TextPlace = readonly (string | number)[]

export interface KeptText<Id extends string> {
  at: TextPlace
  conversationId: ConversationId
  id: Id
  text: StoredText
}

/** One of the tables that hold texts, on one engine. */
export interface TextTable<Id extends string> {
  /** Texts in order of their places, after one of them. */
  page(after: TextPlace | undefined, limit: number): Promise<KeptText<Id>[]>
  /** A text that has become another one meanwhile is left. */
  replace(changes: readonly { at: TextPlace; from: StoredText; to: string }[]): Promise<void>
}

export interface TextTables {
  messages: TextTable<MessageId>
  drafts: TextTable<UserId>
}
