import type { Log } from './options.ts'
import type { OutboxEntry, OutboxStore } from './outbox-store.ts'

const prefix = 'confab.outbox.'

/**
 * An outbox that outlives the page. Each message has a key of its own, so that tabs don't overwrite each
 * other's; two tabs that both send what is left send it under one `clientId`, which the server stores once.
 */
export function localStorageOutbox(storage: Storage, log: Log): OutboxStore {
  const keyOf = (userId: string, clientId: string) => `${prefix}${userId}.${clientId}`
  return {
    load(userId) {
      const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '')
      const mine = keys.filter((key) => key.startsWith(`${prefix}${userId}.`))
      return Promise.resolve(mine.flatMap((key) => parseEntry(storage.getItem(key))))
    },
    put(userId, entry) {
      try {
        storage.setItem(keyOf(userId, entry.clientId), JSON.stringify(entry))
      } catch (error) {
        // Full or forbidden: the message is sent all the same, it only won't outlive the page.
        log('warn', 'a message could not be kept for a reload', error)
      }
    },
    remove: (userId, clientId) => storage.removeItem(keyOf(userId, clientId)),
  }
}

/** The entry, or none: anything may have been written there. */
function parseEntry(json: string | null): OutboxEntry[] {
  try {
    const entry: unknown = JSON.parse(json ?? '')
    return isEntry(entry) ? [entry] : []
  } catch {
    return []
  }
}

const isEntry = (entry: unknown): entry is OutboxEntry =>
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
