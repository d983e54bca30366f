import { type Conversation, conversation as conversationSchema } from '@confab/protocol/conversation'
import type { ProfileChange } from '@confab/protocol/requests'
import { type Me, me as meSchema, type User, user as userSchema } from '@confab/protocol/user'
import type { ConversationInput } from './chat.ts'
import { ConnectionLost } from './connection-lost.ts'
import { listOf } from './list.ts'
import type { Rest } from './rest.ts'

/**
 * Conversations whose making was left unanswered and may be tried again:
 * beyond these the oldest is forgotten.
 */
export const unansweredMax = 20

interface DirectoryOptions {
  rest: Rest
  newId: () => string
  /** What a snapshot asked for from now on is at least as new as. */
  rev(): number
  takeUser(user: User): void
  takeMe(me: Me): void
  takeConversation(conversation: Conversation, rev: number): void
}

/**
 * What is asked of REST: people, channels, and new conversations.
 * What it answers is known everywhere at once.
 */
export class Directory {
  readonly #options: DirectoryOptions
  /** The identities of conversations that may have been made though no answer came, by what was wanted. */
  readonly #unanswered = new Map<string, string>()

  constructor(options: DirectoryOptions) {
    this.#options = options
  }

  async searchUsers(query: string): Promise<User[]> {
    const { rest, takeUser } = this.#options
    const users = await rest.get(`/api/v1/users?${new URLSearchParams({ query })}`, listOf(userSchema))
    for (const user of users) takeUser(user)
    return users
  }

  channels(query: string): Promise<Conversation[]> {
    const path = `/api/v1/channels?${new URLSearchParams({ query })}`
    return this.#options.rest.get(path, listOf(conversationSchema))
  }

  /** Wanted again after no answer came, it is the same conversation to the server. */
  async create(input: ConversationInput): Promise<Conversation> {
    const wanted = JSON.stringify(input)
    const clientId = this.#unanswered.get(wanted) ?? this.#options.newId()
    this.#unanswered.delete(wanted)
    try {
      return await this.#own('/api/v1/conversations', { ...input, clientId })
    } catch (error) {
      if (error instanceof ConnectionLost) this.#remember(wanted, clientId)
      throw error
    }
  }

  #remember(wanted: string, clientId: string): void {
    this.#unanswered.set(wanted, clientId)
    const [oldest] = this.#unanswered.keys()
    if (oldest !== undefined && this.#unanswered.size > unansweredMax) this.#unanswered.delete(oldest)
  }

  join(id: string): Promise<Conversation> {
    return this.#own(`/api/v1/conversations/${encodeURIComponent(id)}/join`, {})
  }

  async updateProfile(change: ProfileChange): Promise<Me> {
    const me = await this.#options.rest.patch('/api/v1/me', change, meSchema)
    this.#options.takeMe(me)
    return me
  }

  /** A conversation that the answer makes one's own; the push that says so may come later. */
  async #own(path: string, body: unknown): Promise<Conversation> {
    const { rest, rev, takeConversation } = this.#options
    const asked = rev()
    const conversation = await rest.post(path, body, conversationSchema)
    if (conversation.me) takeConversation(conversation, asked)
    return conversation
  }
}
