import type { OutboxEntry, OutboxStore } from './outbox-store.ts'

/** An outbox that ends with the process. */
export function memoryOutbox(): OutboxStore {
  const users = new Map<string, Map<string, OutboxEntry>>()
  return {
    load: (userId) => Promise.resolve([...(users.get(userId)?.values() ?? [])]),
    put(userId, entry) {
      const entries = users.get(userId) ?? new Map<string, OutboxEntry>()
      users.set(userId, entries.set(entry.clientId, entry))
      return Promise.resolve()
    },
    remove(userId, clientId) {
      users.get(userId)?.delete(clientId)
      return Promise.resolve()
    },
    clear(userId) {
      users.delete(userId)
      return Promise.resolve()
    },
  }
}
