import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Draft, DraftStore } from './draft-store.ts'
import type { OutboxEntry, OutboxStore } from './outbox-store.ts'

/** The shape of what is kept. It is never dropped: another version takes over what it finds. */
const unsentVersion = 1

interface UnsentSchema extends DBSchema {
  entries: { key: [userId: string, clientId: string]; value: OutboxEntry }
  drafts: { key: [userId: string, conversationId: string]; value: Draft }
}

export interface Unsent {
  readonly outbox: OutboxStore
  readonly drafts: DraftStore
}

/**
 * What was written here and the server doesn't have, in the browser's database: apart from the copy, which
 * may be dropped at any time. Messages are on the disk when `put` resolves; a draft may lose its last words.
 */
export function indexedDbUnsent(name: string): Unsent {
  let opened: Promise<IDBPDatabase<UnsentSchema>> | undefined
  /** Opened anew by the next who wants it, where it failed or the browser has closed it. */
  const forget = () => {
    opened = undefined
  }
  const open = () => {
    if (!opened) {
      opened = openUnsent(name, forget)
      opened.catch(forget)
    }
    return opened
  }
  return {
    outbox: {
      load: async (userId) => await (await open()).getAll('entries', allOf(userId)),
      async put(userId, entry) {
        const transaction = (await open()).transaction('entries', 'readwrite', { durability: 'strict' })
        await Promise.all([transaction.store.put(entry, [userId, entry.clientId]), transaction.done])
      },
      remove: async (userId, clientId) => await (await open()).delete('entries', [userId, clientId]),
      clear: async (userId) => await (await open()).delete('entries', allOf(userId)),
    },
    drafts: {
      load: async (userId) => await (await open()).getAll('drafts', allOf(userId)),
      async put(userId, draft) {
        await (await open()).put('drafts', draft, [userId, draft.conversationId])
      },
      remove: async (userId, conversationId) =>
        await (await open()).delete('drafts', [userId, conversationId]),
      clear: async (userId) => await (await open()).delete('drafts', allOf(userId)),
    },
  }
}

const openUnsent = (name: string, terminated: () => void): Promise<IDBPDatabase<UnsentSchema>> =>
  openDB<UnsentSchema>(name, unsentVersion, {
    upgrade(database) {
      database.createObjectStore('entries')
      database.createObjectStore('drafts')
    },
    // A page of a later version wants to change the shape:
    // what is written here from then on ends with the page.
    blocking(_present, _wanted, event) {
      if (event.target instanceof IDBDatabase) event.target.close()
    },
    terminated,
  })

/** An array sorts after every text. */
const allOf = (userId: string) => IDBKeyRange.bound([userId], [userId, []])
