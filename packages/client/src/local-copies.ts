import type { LocalConversation } from './local-conversation.ts'

/** The local copies of this page, by conversation: what is folded and shown. */
export class LocalCopies {
  readonly #copies = new Map<string, LocalConversation>()

  get(conversationId: string): LocalConversation | undefined {
    return this.#copies.get(conversationId)
  }

  put(conversationId: string, local: LocalConversation): void {
    this.#copies.set(conversationId, local)
  }

  drop(conversationId: string): void {
    this.#copies.delete(conversationId)
  }

  entries(): Iterable<[string, LocalConversation]> {
    return this.#copies.entries()
  }

  clear(): void {
    this.#copies.clear()
  }
}
