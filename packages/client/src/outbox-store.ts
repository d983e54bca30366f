/** A message that waits for the server's answer. */
export interface OutboxEntry {
  readonly conversationId: string
  readonly clientId: string
  readonly text: string
  readonly replyToSeq?: number
  readonly priority?: 'high'
  /** It copies that message: `text` and `forwardedFrom` are only what is shown of it meanwhile. */
  readonly forward?: { readonly conversationId: string; readonly seq: number }
  readonly forwardedFrom?: { readonly senderId: string; readonly createdAt: string }
  /** When it was handed over, milliseconds since 1970. With `number` it gives the order of sending. */
  readonly createdAt: number
  readonly number: number
}

/**
 * Keeps a user's unsent messages, so that they outlive the process. What it holds may be sent again at
 * any time: the server knows a `clientId` for ever and stores a message once.
 */
export interface OutboxStore {
  load(userId: string): Promise<OutboxEntry[]>
  put(userId: string, entry: OutboxEntry): void
  remove(userId: string, clientId: string): void
}
