/**
 * Delivers each published message to every current subscriber of its channel, on every node, at most
 * once. Order holds within a channel as seen from one publisher, not across. A lost message is not sent
 * again: the feed notices the gap in `seq` and reads the store.
 */
export interface Bus extends AsyncDisposable {
  /**
   * Whether messages are being lost now, as far as this node knows: until `onCut` calls, whoever must miss
   * nothing looks at the store. What this node publishes still reaches its own listeners.
   */
  readonly isCut: boolean
  /** Hands the messages over, in order, and does not wait. Never throws for a bus that is down. */
  publish(messages: readonly BusMessage[]): void
  /**
   * Hears the channels until unsubscribed. Resolves when nothing published from now on is missed; on a bus
   * that is cut at once, since the end of the cut will be told.
   */
  subscribe(channels: readonly string[], listener: BusListener): Promise<void>
  unsubscribe(channels: readonly string[], listener: BusListener): void
  /**
   * Calls whenever messages may have been lost, once new ones come again: after a reconnect, say. `since` is
   * from when on, in milliseconds since 1970 UTC, where the bus knows.
   */
  onCut(listener: (since?: number) => void): () => void
}

export interface BusMessage {
  channel: string
  /** The event's seq, or 0 for what belongs to no log. */
  seq: number
  body: string
  /** A short word by which the listener tells bodies apart without parsing them. */
  tag?: string
}

export type BusListener = (message: BusMessage) => void
