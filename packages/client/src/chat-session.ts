import type { Conversation } from '@confab/protocol/conversation'
import type { Limits } from '@confab/protocol/limits'
import type { ChosenStatus, Presence } from '@confab/protocol/presence'
import type { Hello } from '@confab/protocol/pushes'
import type { ProfileChange } from '@confab/protocol/requests'
import type { Me, User } from '@confab/protocol/user'
import type { Chat, ChatEvents, ConversationHandle, ConversationInput, ConversationSummary } from './chat.ts'
import { type ChatParts, joinParts, type PartsOptions } from './chat-parts.ts'
import { localOf } from './local-store.ts'
import { pushTaker } from './push-taker.ts'
import type { Status } from './status.ts'
import type { Value } from './value.ts'

export interface SessionOptions extends PartsOptions {
  /** Whose copy may be shown, where that is known before the server says it. */
  userId: string | undefined
}

/**
 * A chat from its start to its end: what was kept is taken up, connections come and go,
 * and the parts with them.
 */
export class ChatSession implements Chat {
  readonly status: Value<Status>
  readonly ready: Value<boolean>
  readonly me: Value<Me | undefined>
  readonly limits: Value<Limits>
  readonly conversations: Value<readonly ConversationSummary[]>

  readonly #options: SessionOptions
  readonly #parts: ChatParts
  readonly #push: (method: string, params: unknown) => void
  #restored: Promise<void> | undefined
  #hello: Hello | undefined
  #closed = false

  constructor(options: SessionOptions) {
    this.#options = options
    this.#parts = joinParts(options, {
      greet: (hello) => this.#greet(hello),
      push: (method, params) => this.#push(method, params),
      down: (handedOver) => this.#down(handedOver),
    })
    const { connection, ready, me, limits, shown } = this.#parts
    this.status = connection.status
    this.ready = ready
    this.me = me
    this.limits = limits
    this.conversations = shown.conversations
    this.#push = pushTaker(this.#parts)
  }

  start(): void {
    if (this.#parts.keeper) this.#restored = this.#restore()
    this.#parts.connection.start()
  }

  conversation(id: string): ConversationHandle {
    return this.#parts.conversation(id)
  }

  user(id: string): Value<User | undefined> {
    return this.#parts.people.value(id)
  }

  presence(id: string): Value<Presence> {
    return this.#parts.presence.value(id)
  }

  serverNow(): number {
    return this.#parts.serverClock.now()
  }

  searchUsers(query: string): Promise<User[]> {
    return this.#parts.directory.searchUsers(query)
  }

  channels(query: string): Promise<Conversation[]> {
    return this.#parts.directory.channels(query)
  }

  createConversation(input: ConversationInput): Promise<Conversation> {
    return this.#parts.directory.create(input)
  }

  join(id: string): Promise<Conversation> {
    return this.#parts.directory.join(id)
  }

  updateProfile(change: ProfileChange): Promise<Me> {
    return this.#parts.directory.updateProfile(change)
  }

  async setStatus(status: ChosenStatus): Promise<void> {
    const { chosen, copies, delivered } = this.#parts
    await chosen.choose(status)
    for (const [id] of copies.entries()) delivered.check(id)
  }

  setIdle(idle: boolean): void {
    this.#parts.chosen.setIdle(idle).catch(this.#presenceRefused)
  }

  async signOut(): Promise<void> {
    const { rest, outbox, drafts, engine } = this.#parts
    await rest.run('POST', '/api/auth/sign-out', {})
    await this.#restored
    // Where no connection came to its hello, nobody but the page knows who it was.
    const userId = engine.viewer ?? this.#options.userId
    await Promise.all([outbox.eraseAll(userId), drafts.eraseAll(userId)])
    await this.forget()
  }

  async forget(): Promise<void> {
    await this.#parts.keeper?.forget()
    await this.close()
  }

  on<Type extends keyof ChatEvents>(type: Type, listener: (event: ChatEvents[Type]) => void): () => void {
    return this.#parts.emitter.on(type, listener)
  }

  reconnect(): void {
    this.#parts.connection.reconnect()
  }

  async close(): Promise<void> {
    this.#closed = true
    const { connection, timers, actions, outbox, keeper } = this.#parts
    connection.close()
    timers.close()
    actions.dropAll()
    outbox.close()
    await keeper?.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Shows what an earlier page has kept, and takes up what it left unsent: for that no server is needed. */
  async #restore(): Promise<void> {
    const { keeper, engine, people, me, outbox, drafts, shown } = this.#parts
    const stored = await keeper?.load()
    if (!stored || this.#closed) return
    const { state, conversations, users } = stored
    const { userId = state.userId } = this.#options
    if (state.userId !== userId) return keeper?.replace()
    engine.restore(state, conversations.map(localOf))
    keeper?.restored()
    me.set(state.me)
    for (const user of users) people.take(user)
    shown.invalidateAll()
    await Promise.all([outbox.open(state.userId), drafts.open(state.userId)])
  }

  async #greet(hello: Hello): Promise<void> {
    const { serverClock, limits, outbox, drafts, engine, ready, shown, delivered, chosen, copies } =
      this.#parts
    this.#hello = hello
    serverClock.take(hello.serverTime)
    limits.set(hello.limits)
    // First: until it is told, others see online who has chosen meanwhile to be invisible.
    chosen.online().catch(this.#presenceRefused)
    await this.#restored
    await Promise.all([outbox.open(hello.userId), drafts.open(hello.userId)])
    if (this.#hello !== hello) throw new Error('cut off')
    // What waits to be sent needs no copy: on a busy node the sync takes the longest of a reconnect.
    if (engine.isOf(hello)) outbox.online()
    await engine.greet(hello)
    ready.set(true)
    shown.invalidateAll()
    const { presence, people, history, actions, fetched, windows } = this.#parts
    presence.online(hello.limits.watchedUsers)
    for (const part of [people, history, outbox, drafts, actions, fetched, windows]) part.online()
    const ids = [...copies.entries()].map(([id]) => id)
    delivered.online(hello.limits.receiptMembers, ids)
  }

  readonly #presenceRefused = (error: unknown): void =>
    this.#options.edges.log('warn', 'the presence was refused', error)

  #down(handedOver: boolean): void {
    const { timers, engine, missing, reads, presence, people, history } = this.#parts
    const { outbox, drafts, typing, actions, fetched, delivered, chosen } = this.#parts
    this.#hello = undefined
    timers.cancelAll()
    for (const part of [engine, missing, reads, people, history, outbox]) part.down()
    for (const part of [drafts, actions, fetched, delivered, chosen]) part.down()
    for (const part of [presence, typing]) part.down(handedOver)
  }
}
