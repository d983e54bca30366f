import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'

/**
 * Everything that the store holds about a person, for a copy of it: long reads, which hold up no write. Each
 * page is a snapshot by itself. Items are as `docs/export.md` describes them, times in ISO 8601.
 */
export interface PersonalRecords extends AsyncDisposable {
  page(query: PersonalQuery & { part: PersonalPart }): Promise<PersonalPage<PersonalItem>>
  /**
   * The messages of a conversation as the person reads them; with null, what they wrote where they are no
   * member any more. Deleted ones hold nothing, and are left out of the latter.
   */
  messages(query: PersonalQuery & { conversationId: ConversationId | null }): Promise<PersonalPage<Message>>
}

export type PersonalPart =
  | 'profile'
  | 'memberships'
  | 'reactions'
  | 'pins'
  | 'blocks'
  | 'invitations'
  | 'audit'
  | 'reports'
  | 'consents'
  | 'mails'

export type PersonalItem = Record<string, unknown>

export interface PersonalQuery {
  userId: UserId
  /** Of the person, whose mails are kept by it. */
  email?: string | undefined
  /** The `next` of the page before. */
  after?: PersonalPlace | undefined
  limit: number
}

export type PersonalPlace = readonly (string | number)[]

export interface PersonalPage<Item> {
  items: Item[]
  /** Null for the last one. */
  next: PersonalPlace | null
}
