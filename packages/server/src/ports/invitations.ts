import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Noted } from './audit-entry.ts'
import type { List, ListPage } from './store.ts'

/**
 * Links that let people in: into the installation, or into one conversation. A token is kept as its hash
 * alone. Times are milliseconds since 1970 UTC.
 */
export interface Invitations extends AsyncDisposable {
  add(invitation: Omit<InvitationRecord, 'uses'> & { tokenHash: Uint8Array } & Noted): Promise<void>
  /** Those that are open still: not used up, expired or revoked. The newest first. */
  list(page: ListPage & { to: ConversationId | null; now: number }): Promise<List<InvitationRecord>>
  /** One that is open still, or, with `usedUp`, one that is open but for that. */
  find(token: {
    tokenHash: Uint8Array
    now: number
    usedUp?: boolean | undefined
  }): Promise<InvitationRecord | undefined>
  /**
   * Takes a use of one that is open still, or answers undefined. Two at once never take the same last use.
   */
  take(token: { tokenHash: Uint8Array; now: number }): Promise<InvitationRecord | undefined>
  /** Gives a use back that came to nothing. */
  giveBack(id: string): Promise<void>
  /** Whether there was one of this id, to this place, that was open still. */
  revoke(invitation: { id: string; to: ConversationId | null; now: number } & Noted): Promise<boolean>
}

export interface InvitationRecord {
  id: string
  /** The conversation that it leads to; null for the installation itself. */
  to: ConversationId | null
  createdBy: UserId
  createdAt: number
  /** Null: it doesn't expire. */
  expiresAt: number | null
  /** Null: as often as anybody likes. */
  usesMax: number | null
  uses: number
}
