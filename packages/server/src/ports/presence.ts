import type { UserId } from '@confab/protocol/ids'
import type { ChosenStatus, PresenceStatus } from '@confab/protocol/presence'

/**
 * Knows who is connected, on any node. A connection is there from `connect` to `disconnect`, as long as
 * its node lives: a board holds a lease for its node's connections and renews it by itself, and 30 s after
 * a node has died without a goodbye nobody is there through it any more. Closing a board is the goodbye.
 * A user with several connections is online if any is, else away; busy and invisible are the user's and
 * outlast connections.
 */
export interface PresenceBoard extends AsyncDisposable {
  connect(userId: UserId, connectionId: string): Promise<void>
  disconnect(userId: UserId, connectionId: string): Promise<void>
  /**
   * `online` and `away` set the connection's; `busy` and `invisible` the user's, until `online` or `away`.
   */
  choose(userId: UserId, connectionId: string, status: ChosenStatus): Promise<void>
  /** Sets the connection's alone: busy and invisible stay. */
  setConnection(userId: UserId, connectionId: string, status: 'online' | 'away'): Promise<void>
  /** As others may see it: invisible is offline. In the order of the ids. */
  look(userIds: readonly UserId[]): Promise<Seen[]>
  /** Calls with each user whose visible status changed, on any node. */
  onChange(listener: (seen: Seen) => void): () => void
}

export interface Seen {
  userId: UserId
  status: PresenceStatus
  /**
   * When the last connection ended (of a node that died: its last sign of life), or the user became
   * invisible; null while seen, and for who was never here.
   */
  lastSeenAt: number | null
}
