import type { UserId } from '@confab/protocol/ids'
import type { ChosenStatus, PresenceStatus } from '@confab/protocol/presence'

/**
 * Knows who is connected, on any node. A connection is there from `connect` to `disconnect`, or until
 * its node has been silent for 30 s. A user with several connections is online if any is, else away;
 * busy and invisible are the user's and outlast connections.
 */
export interface PresenceBoard extends AsyncDisposable {
  connect(userId: UserId, connectionId: string): Promise<void>
  disconnect(userId: UserId, connectionId: string): Promise<void>
  /** `online` and `away` set the connection's; `busy` and `invisible` the user's, until `online` or `away`. */
  choose(userId: UserId, connectionId: string, status: ChosenStatus): Promise<void>
  /** As others may see it: invisible is offline. In the order of the ids. */
  look(userIds: readonly UserId[]): Promise<Seen[]>
  /** Calls with each user whose visible status changed, on any node. */
  onChange(listener: (seen: Seen) => void): () => void
}

export interface Seen {
  userId: UserId
  status: PresenceStatus
  /** When the last connection ended, or the user became invisible; null while seen, and for who was never here. */
  lastSeenAt: number | null
}
