import type { Conversation } from '@confab/protocol/conversation'
import type { Event } from '@confab/protocol/event'
import { defaultLimits, type Limits } from '@confab/protocol/limits'
import type { ChosenStatus, Presence } from '@confab/protocol/presence'
import type { Hello } from '@confab/protocol/pushes'
import type { ProfileChange } from '@confab/protocol/requests'
import { type Me, type User, user as userSchema } from '@confab/protocol/user'
import type { Chat, ChatEvents, ConversationHandle, ConversationInput, ConversationSummary } from './chat.ts'
import { ChosenStatusTeller } from './chosen-status.ts'
import { Connection } from './connection.ts'
import { conversationHandle } from './conversation-handle.ts'
import { DeliveredCursors } from './delivered-cursors.ts'
import { Directory } from './directory.ts'
import { Emitter } from './emitter.ts'
import { FetchMissing } from './fetch-missing.ts'
import { FetchedMessages } from './fetched-messages.ts'
import { HistoryLoader } from './history-loader.ts'
import { cursorOf } from './local-conversation.ts'
import { memoryLocalStore } from './local-store.ts'
import { MessageActions } from './message-actions.ts'
import { closedMessagesMax, keepMessages, openMessagesMax, takePage } from './message-window.ts'
import type { Edges } from './options.ts'
import { Outbox } from './outbox.ts'
import type { OutboxStore } from './outbox-store.ts'
import { People } from './people.ts'
import { PresenceWatch } from './presence-watch.ts'
import { pushTaker } from './push-taker.ts'
import { ReadCursors } from './read-cursors.ts'
import { Rest } from './rest.ts'
import { ServerClock } from './server-clock.ts'
import { Shown } from './shown.ts'
import type { Status } from './status.ts'
import { type Call, SyncEngine } from './sync-engine.ts'
import { Timers } from './timers.ts'
import { Typing } from './typing.ts'
import { type Cell, cell, Notifier, type Value } from './value.ts'

export interface SessionOptions {
  origin: string
  token: (() => Promise<string>) | undefined
  outbox: OutboxStore
  edges: Edges
}

/**
 * Joins the parts, each of which knows nothing of the others: the connection, the sync engine and what
 * fetches for it, the outbox, and the views. What a part has to say to another passes through here.
 */
export class ChatSession implements Chat {
  readonly status: Value<Status>
  readonly ready: Cell<boolean>
  readonly me: Cell<Me | undefined>
  readonly limits: Cell<Limits>
  readonly conversations: Value<readonly ConversationSummary[]>

  readonly #edges: Edges
  readonly #serverClock: ServerClock
  readonly #emitter: Emitter<ChatEvents>
  /** Of the present connection; none of it goes on when that is gone. */
  readonly #timers: Timers
  readonly #store = memoryLocalStore()
  readonly #handles = new Map<string, ConversationHandle>()
  readonly #connection: Connection
  readonly #rest: Rest
  readonly #engine: SyncEngine
  readonly #missing: FetchMissing
  readonly #outbox: Outbox
  readonly #history: HistoryLoader
  readonly #reads: ReadCursors
  readonly #typing: Typing
  readonly #presence: PresenceWatch
  readonly #people: People
  readonly #directory: Directory
  readonly #chosen: ChosenStatusTeller
  readonly #actions: MessageActions
  readonly #fetched: FetchedMessages
  readonly #delivered: DeliveredCursors
  readonly #shown: Shown
  readonly #push: (method: string, params: unknown) => void
  #hello: Hello | undefined

  constructor({ origin, token, outbox, edges }: SessionOptions) {
    const notifier = new Notifier(edges.log)
    const timers = new Timers(edges.clock)
    const { clock, random, log } = edges
    const serverClock = new ServerClock(clock)
    const call: Call = (method, params) => this.#connection.call(method, params)
    const copy = (id: string) => this.#store.get(id)
    const changed = (id: string) => this.#shown.changed(id)
    const viewer = () => this.#engine.viewer
    const once = { call, timers, random, log, clock, notifier, copy, changed, viewer }

    this.#edges = edges
    this.#serverClock = serverClock
    this.#timers = timers
    this.#emitter = new Emitter(notifier)
    this.ready = cell(notifier, false)
    this.me = cell<Me | undefined>(notifier, undefined)
    this.limits = cell(notifier, defaultLimits)
    this.#connection = new Connection({
      origin,
      token,
      edges,
      notifier,
      handlers: {
        greet: (hello) => this.#greet(hello),
        push: (method, params) => this.#push(method, params),
        down: () => this.#down(),
      },
    })
    this.status = this.#connection.status
    this.#rest = new Rest({ origin, token, fetch: edges.fetch })
    this.#people = new People({ ...once, rest: this.#rest })
    this.#chosen = new ChosenStatusTeller(call)
    this.#typing = new Typing(once)
    this.#presence = new PresenceWatch(once)
    this.#outbox = new Outbox({
      ...once,
      store: outbox,
      newId: edges.newId,
      now: () => serverClock.now(),
      seenSeq: (id) => copy(id)?.conversation.me?.readSeq,
    })
    this.#engine = new SyncEngine(
      call,
      this.#store,
      {
        changed: (id) => this.#copyChanged(id),
        folded: (event) => this.#folded(event),
        seen: (messages) => {
          for (const message of messages)
            if (message.senderId === this.#engine.viewer) this.#outbox.arrived(message)
        },
        repair: (id) => this.#missing.repair(id),
        refresh: (id) => this.#missing.refresh(id),
        tellRead: (id) => this.#reads.tell(id),
        outOfSync: () => this.#connection.restart(),
        me: (me) => this.#takeMe(me),
        users: (users) => {
          for (const user of users) this.#people.take(user)
        },
        reset: (epoch) => this.#reset(epoch),
      },
      log,
    )
    this.#directory = new Directory({
      rest: this.#rest,
      newId: edges.newId,
      rev: () => this.#engine.rev,
      takeUser: (user) => this.#people.take(user),
      takeMe: (me) => this.#takeMe(me),
      takeConversation: (conversation, rev) => this.#engine.conversation({ conversation, rev }),
    })
    this.#missing = new FetchMissing({
      ...once,
      rev: () => this.#engine.rev,
      event: (event) => this.#engine.event(event),
      answered: (ids, items, rev) => this.#engine.answered(ids, items, rev),
      gone: (id) => this.#engine.gone(id),
    })
    this.#reads = new ReadCursors({
      ...once,
      confirmed: (id, seq) =>
        this.#engine.change(id, (local) => ({ ...local, confirmedRead: Math.max(local.confirmedRead, seq) })),
    })
    this.#history = new HistoryLoader({
      ...once,
      ready: () => this.ready.get(),
      trim: (id, max) => this.#engine.change(id, (local) => keepMessages(local, max)),
      takePage: (id, page) => {
        let outcome: 'taken' | 'stale' | 'moved' = 'moved'
        this.#engine.change(id, (local, viewer) => {
          const taken = takePage(local, page, viewer)
          outcome = typeof taken === 'string' ? taken : 'taken'
          return typeof taken === 'string' ? local : taken
        })
        return outcome
      },
    })
    this.#actions = new MessageActions({
      ...once,
      now: () => serverClock.now(),
      cursor: (id) => copy(id)?.conversation.head,
      event: (event) => this.#engine.event(event),
    })
    this.#fetched = new FetchedMessages(once)
    this.#delivered = new DeliveredCursors({ ...once, hidden: () => this.#chosen.isInvisible })
    this.#shown = new Shown({
      notifier,
      viewer,
      store: this.#store,
      actions: this.#actions,
      fetched: this.#fetched,
      outbox: this.#outbox,
      history: this.#history,
      typing: this.#typing,
    })
    this.conversations = this.#shown.conversations
    this.#push = pushTaker({
      connection: this.#connection,
      engine: this.#engine,
      typing: this.#typing,
      presence: this.#presence,
      emitter: this.#emitter,
      takeUser: (user) => this.#takeUser(user),
    })
  }

  start(): void {
    this.#connection.start()
  }

  conversation(id: string): ConversationHandle {
    const known = this.#handles.get(id)
    if (known) return known
    const handle = conversationHandle(id, {
      view: this.#shown.view(id),
      actions: this.#actions,
      rest: this.#rest,
      outbox: this.#outbox,
      history: this.#history,
      typing: this.#typing,
      engine: this.#engine,
    })
    this.#handles.set(id, handle)
    return handle
  }

  user(id: string): Value<User | undefined> {
    return this.#people.value(id)
  }

  presence(id: string): Value<Presence> {
    return this.#presence.value(id)
  }

  serverNow(): number {
    return this.#serverClock.now()
  }

  searchUsers(query: string): Promise<User[]> {
    return this.#directory.searchUsers(query)
  }

  channels(query: string): Promise<Conversation[]> {
    return this.#directory.channels(query)
  }

  createConversation(input: ConversationInput): Promise<Conversation> {
    return this.#directory.create(input)
  }

  join(id: string): Promise<Conversation> {
    return this.#directory.join(id)
  }

  updateProfile(change: ProfileChange): Promise<Me> {
    return this.#directory.updateProfile(change)
  }

  async setStatus(status: ChosenStatus): Promise<void> {
    await this.#chosen.choose(status)
    for (const [id] of this.#store.entries()) this.#delivered.check(id)
  }

  async signOut(): Promise<void> {
    await this.#rest.run('POST', '/api/auth/sign-out', {})
    this.#outbox.eraseAll()
    await this.close()
  }

  on<Type extends keyof ChatEvents>(type: Type, listener: (event: ChatEvents[Type]) => void): () => void {
    return this.#emitter.on(type, listener)
  }

  reconnect(): void {
    this.#connection.reconnect()
  }

  close(): Promise<void> {
    this.#connection.close()
    this.#timers.close()
    this.#actions.dropAll()
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #greet(hello: Hello): Promise<void> {
    this.#hello = hello
    this.#serverClock.take(hello.serverTime)
    this.limits.set(hello.limits)
    await this.#outbox.open(hello.userId)
    if (this.#hello !== hello) throw new Error('cut off')
    await this.#engine.greet(hello)
    this.ready.set(true)
    this.#shown.invalidateAll()
    this.#presence.online(hello.limits.watchedUsers)
    this.#people.online()
    this.#history.online()
    this.#outbox.online()
    this.#actions.online()
    this.#fetched.online()
    this.#delivered.online(
      hello.limits.receiptMembers,
      [...this.#store.entries()].map(([id]) => id),
    )
    this.#chosen
      .online()
      .catch((error: unknown) => this.#edges.log('warn', 'the presence was refused', error))
  }

  #down(): void {
    this.#hello = undefined
    this.#timers.cancelAll()
    for (const part of [this.#engine, this.#missing, this.#reads, this.#presence]) part.down()
    for (const part of [this.#people, this.#history, this.#outbox, this.#typing]) part.down()
    for (const part of [this.#actions, this.#fetched, this.#delivered]) part.down()
  }

  /** One is a person among others too. */
  #takeMe(me: Me): void {
    this.me.set(me)
    this.#takeUser(userSchema.parse(me))
  }

  #takeUser(user: User): void {
    this.#people.take(user)
    this.#engine.user(user)
  }

  #copyChanged(id: string): void {
    const local = this.#store.get(id)
    if (local) {
      this.#outbox.reached(id, cursorOf(local))
      this.#actions.reached(id, cursorOf(local))
      this.#delivered.check(id)
      const max = this.#history.isOpen(id) ? openMessagesMax : closedMessagesMax
      if (local.messages.length > max) this.#engine.change(id, (copy) => keepMessages(copy, max))
      this.#history.check(id)
    } else {
      this.#actions.reached(id, Number.POSITIVE_INFINITY)
      this.#fetched.drop(id)
      this.#shown.gone(id)
    }
    this.#shown.changed(id)
  }

  #folded(event: Event): void {
    if (event.type === 'message.created') {
      const { message } = event.data
      this.#typing.take(event.conversationId, message.senderId, false)
      if (message.senderId === this.#engine.viewer) this.#outbox.arrived(message)
    }
    this.#actions.folded(event)
    this.#emitter.emit('event', event)
    if (event.type === 'message.created' && event.actorId !== this.#engine.viewer)
      this.#emitter.emit('message', {
        message: event.data.message,
        conversation: this.conversation(event.conversationId),
      })
  }

  #reset(epoch: string): void {
    this.ready.set(false)
    this.me.set(undefined)
    this.#outbox.copiesDropped()
    this.#actions.dropAll()
    this.#delivered.clear()
    this.#people.clear()
    this.#emitter.emit('reset', { epoch })
  }
}
