import type { LocalConversation } from './local-conversation.ts'

/** Where the local copies are. A later one keeps them on disk. */
export interface LocalStore {
  get(conversationId: string): LocalConversation | undefined
  put(conversationId: string, local: LocalConversation): void
  drop(conversationId: string): void
  entries(): Iterable<[string, LocalConversation]>
  clear(): void
}

export function memoryLocalStore(): LocalStore {
  const locals = new Map<string, LocalConversation>()
  return {
    get: (id) => locals.get(id),
    put: (id, local) => void locals.set(id, local),
    drop: (id) => void locals.delete(id),
    entries: () => locals.entries(),
    clear: () => locals.clear(),
  }
}
