/**
 * A text that was begun here and that the server isn't known to have. An empty one is one that was cleared.
 */
export interface Draft {
  readonly conversationId: string
  readonly text: string
}

/** Keeps a user's drafts until the server has them, so that they outlive the process. */
export interface DraftStore {
  load(userId: string): Promise<Draft[]>
  put(userId: string, draft: Draft): Promise<void>
  remove(userId: string, conversationId: string): Promise<void>
  /** Forgets all of the user's. */
  clear(userId: string): Promise<void>
}

/** Drafts that end with the process. */
export function memoryDrafts(): DraftStore {
  const users = new Map<string, Map<string, Draft>>()
  return {
    load: (userId) => Promise.resolve([...(users.get(userId)?.values() ?? [])]),
    put(userId, draft) {
      const drafts = users.get(userId) ?? new Map<string, Draft>()
      users.set(userId, drafts.set(draft.conversationId, draft))
      return Promise.resolve()
    },
    remove(userId, conversationId) {
      users.get(userId)?.delete(conversationId)
      return Promise.resolve()
    },
    clear(userId) {
      users.delete(userId)
      return Promise.resolve()
    },
  }
}
