import { browserTabs } from './browser-tabs.ts'
import { type DraftStore, memoryDrafts } from './draft-store.ts'
import { indexedDbCopy } from './indexed-db-copy.ts'
import { indexedDbUnsent } from './indexed-db-unsent.ts'
import type { LocalStore } from './local-store.ts'
import { memoryOutbox } from './memory-outbox.ts'
import type { OutboxStore } from './outbox-store.ts'
import { oneTab, type Tabs } from './tabs.ts'
import { afterEarlier, beforeCopy } from './unsent-first.ts'

/** Where a chat keeps what is to outlive it, and how it knows of others that keep it in the same place. */
export interface ChatStorage {
  /** The local copy; without one it ends with the process. */
  readonly copy: LocalStore | undefined
  readonly outbox: OutboxStore
  readonly drafts: DraftStore
  readonly tabs: Tabs
}

/** `indexeddb`: in the browser's database, shared by its tabs; where there is none, as `memory`. */
export type StorageKind = 'indexeddb' | 'memory'

export function openStorage(kind: StorageKind, origin: string, newId: () => string): ChatStorage {
  if (kind === 'memory' || !isThere(() => indexedDB)) return memoryStorage()
  const copy = indexedDbCopy({ name: `confab copy ${origin}`, writer: newId() })
  const { outbox, drafts } = indexedDbUnsent(`confab unsent ${origin}`)
  const kept = beforeCopy(outbox, copy)
  return {
    copy,
    outbox: isThere(() => localStorage) ? afterEarlier(kept, localStorage) : kept,
    drafts,
    tabs: browserTabs(),
  }
}

export const memoryStorage = (): ChatStorage => ({
  copy: undefined,
  outbox: memoryOutbox(),
  drafts: memoryDrafts(),
  tabs: oneTab,
})

/** A browser may forbid even to look, and another runtime knows nothing of it. */
function isThere(look: () => unknown): boolean {
  try {
    return look() !== null && look() !== undefined
  } catch {
    return false
  }
}
