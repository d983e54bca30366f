import type { ConsentKind } from '@confab/protocol/consent'
import type { UserId } from '@confab/protocol/ids'

/**
 * Who agreed to which version of what, and when, and took it back. Nothing is overwritten. To give and to
 * take back is refused `forbidden` to who is suspended.
 */
export interface Consents extends AsyncDisposable {
  /** The latest first. */
  of(userId: UserId): Promise<ConsentRecord[]>
  /** Nothing where this version is agreed to already. */
  give(consent: { userId: UserId; kind: ConsentKind; version: number; at: number }): Promise<void>
  /** Takes back every version; false where none was agreed to. */
  withdraw(consent: { userId: UserId; kind: ConsentKind; at: number }): Promise<boolean>
  erase(userId: UserId): Promise<void>
}

export interface ConsentRecord {
  kind: ConsentKind
  version: number
  /** Milliseconds since 1970 UTC. */
  givenAt: number
  withdrawnAt: number | null
}
