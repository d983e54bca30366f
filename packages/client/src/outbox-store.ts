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
  /** When it was handed over by the server's clock, milliseconds since 1970. */
  readonly createdAt: number
  /** The order of sending: higher than that of all that were known when it was handed over. */
  readonly number: number
}

/**
 * Keeps a user's unsent messages, so that they outlive the process. What it holds may be sent again at
 * any time: the server knows a `clientId` for ever and stores a message once.
 */
export interface OutboxStore {
  load(userId: string): Promise<OutboxEntry[]>
  /** Resolves when it would outlive the process. */
  put(userId: string, entry: OutboxEntry): Promise<void>
  remove(userId: string, clientId: string): Promise<void>
  /** Forgets all that the user left, whoever put it there. */
  clear(userId: string): Promise<void>
}

/** As the tabs of a user, and a page after a reload, send them. */
export const byOrder = (a: OutboxEntry, b: OutboxEntry): number =>
  a.number - b.number || a.createdAt - b.createdAt || (a.clientId < b.clientId ? -1 : 1)

export const isOutboxEntry = (entry: unknown): entry is OutboxEntry =>
  typeof entry === 'object' &&
  entry !== null &&
  'conversationId' in entry &&
  typeof entry.conversationId === 'string' &&
  'clientId' in entry &&
  typeof entry.clientId === 'string' &&
  'text' in entry &&
  typeof entry.text === 'string' &&
  'createdAt' in entry &&
  typeof entry.createdAt === 'number' &&
  'number' in entry &&
  typeof entry.number === 'number'
