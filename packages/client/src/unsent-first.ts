import type { LocalStore } from './local-store.ts'
import { isOutboxEntry, type OutboxStore } from './outbox-store.ts'

/** What an earlier version of the SDK kept in `localStorage` instead. */
const earlierPrefix = 'confab.outbox.'

/**
 * An outbox that outweighs the copy: where the disk is full, the copy, which the server has too, makes room.
 */
export const beforeCopy = (outbox: OutboxStore, copy: Pick<LocalStore, 'clear'>): OutboxStore => ({
  ...outbox,
  async put(userId, entry) {
    try {
      await outbox.put(userId, entry)
    } catch (error) {
      if (!(error instanceof Error && error.name === 'QuotaExceededError')) throw error
      await copy.clear()
      await outbox.put(userId, entry)
    }
  },
})

/** An outbox that takes over what an earlier version left in `localStorage`, which is empty of it then. */
export const afterEarlier = (outbox: OutboxStore, storage: Storage): OutboxStore => ({
  ...outbox,
  async load(userId) {
    for (const key of earlierKeys(storage, userId)) {
      const entry = parseEntry(storage.getItem(key))
      if (entry) await outbox.put(userId, entry)
      storage.removeItem(key)
    }
    return await outbox.load(userId)
  },
  async clear(userId) {
    for (const key of earlierKeys(storage, userId)) storage.removeItem(key)
    await outbox.clear(userId)
  },
})

function earlierKeys(storage: Storage, userId: string): string[] {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '')
  return keys.filter((key) => key.startsWith(`${earlierPrefix}${userId}.`))
}

/** The entry, or none: anything may have been written there. */
function parseEntry(json: string | null) {
  try {
    const entry: unknown = JSON.parse(json ?? '')
    return isOutboxEntry(entry) ? entry : undefined
  } catch {
    return undefined
  }
}
