import type { Event } from '@confab/protocol/event'
import { fold, targetOf } from '@confab/protocol/fold'
import type { UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import type { User } from '@confab/protocol/user'
import type { Clock } from './clock.ts'
import { cursorOf, foldingsSince, indexOf, type LocalConversation } from './local-conversation.ts'
import {
  type ConversationWrite,
  type CopyState,
  type CopyWrite,
  type KeptPage,
  keptOf,
  type LocalStore,
  type StoredCopy,
} from './local-store.ts'
import type { Log } from './options.ts'
import type { Lead, Tabs } from './tabs.ts'
import { withinMs } from './within-ms.ts'

/*
           load            the lead is taken over, with what lies there
  (new) ──────────► follows ─────────────────────────────────────────► writes
            │          ▲                                                │ ▲
            │          └───────────── another has taken it ─────────────┤ │
            └───────────────────────────────────────────────────────────┼─┘
                                                                        ▼
                                 stopped ◄──── it can't be written, too slow, close, forget
*/

/** What happens within that long is saved together, off the way of what is folded and shown. */
export const saveAfterMs = 300
/** A database that doesn't answer by then is done without: nothing is caught up with before it is read. */
export const loadWithinMs = 10_000
/** Events between two saves of a conversation; of one with more, what isn't held any more is dropped. */
export const unsavedEventsMax = 2_000

interface KeeperOptions {
  store: LocalStore
  tabs: Tabs
  /** Stores of the same place. */
  name: string
  clock: Clock
  log: Log
  /** Undefined until there is anything worth keeping. */
  state(): CopyState | undefined
  entries(): Iterable<[string, LocalConversation]>
  copy(conversationId: string): LocalConversation | undefined
  viewer(): UserId | undefined
  users(): readonly User[]
}

interface Unsaved {
  anew: boolean
  events: Event[]
}

/**
 * Writes what was folded into the local store, in batches, from one tab of several. A batch that is lost
 * with its page costs nothing: cursors and content are saved together, and the next sync tells the rest.
 */
export class CopyKeeper {
  readonly #options: KeeperOptions
  #unsaved = new Map<string, Unsaved>()
  #users = new Map<string, User>()
  /** Messages that lie in the store as they are, and copies as they were loaded. */
  readonly #written = new WeakSet<Message>()
  readonly #loaded = new WeakSet<LocalConversation>()
  #loadedAt: number | undefined
  #leads = false
  #stopped = false
  /** Nothing of what lies there is to be kept. */
  #whole = false
  #cancelSave: (() => void) | undefined
  #isSaving = false
  #saved: Promise<void> = Promise.resolve()
  #leading: Lead | undefined

  constructor(options: KeeperOptions) {
    this.#options = options
  }

  /** What an earlier page left, or another tab. Never rejects: what can't be had is done without. */
  async load(): Promise<StoredCopy | undefined> {
    const { store, clock } = this.#options
    try {
      const leads = await withinMs(clock, loadWithinMs, this.#lead())
      const stored = await withinMs(clock, loadWithinMs, store.load({ claim: leads }))
      for (const { messages } of stored?.conversations ?? [])
        for (const message of messages) this.#written.add(message)
      this.#loadedAt = stored?.saves ?? 0
      this.#leads = leads
      return stored
    } catch (error) {
      this.#stop('the local copy can’t be read', error)
      return undefined
    }
  }

  /** What was loaded is what is here now. */
  restored(): void {
    for (const [, local] of this.#options.entries()) this.#loaded.add(local)
  }

  /** What was loaded, or saved, isn't to be used: the next save takes its place. */
  replace(): void {
    this.#whole = true
    this.#touched()
  }

  /** A copy is another now, or gone. */
  changed(id: string): void {
    if (!this.#leads) return
    const unsaved = this.#unsavedOf(id)
    if (!this.#options.copy(id)) unsaved.anew = true
    this.#touched()
  }

  /** A copy began anew: what was kept of it is from before a hole. */
  began(id: string): void {
    if (this.#leads) this.#unsavedOf(id).anew = true
  }

  folded(event: Event): void {
    if (!this.#leads) return
    const unsaved = this.#unsavedOf(event.conversationId)
    unsaved.events.push(event)
    if (unsaved.events.length < unsavedEventsMax) return
    unsaved.anew = true
    unsaved.events = []
  }

  user(user: User): void {
    if (!this.#leads) return
    this.#users.set(user.id, user)
    this.#touched()
  }

  /** A page from before a message that is held; undefined where nothing is kept. Never rejects. */
  async earlier(conversationId: string, before: Message, limit: number): Promise<KeptPage | undefined> {
    await this.flush()
    if (this.#stopped) return undefined
    try {
      const page = await this.#options.store.earlier({ conversationId, before, limit })
      for (const message of page.messages) this.#written.add(message)
      return page
    } catch (error) {
      this.#options.log('warn', 'the local copy can’t be read', error)
      return undefined
    }
  }

  /** Saves now what there is to save. */
  async flush(): Promise<void> {
    await this.#saved
    if (!this.#cancelSave) return
    this.#startSave()
    await this.#saved
  }

  /** Forgets what is kept, whoever wrote it, and keeps nothing more. */
  async forget(): Promise<void> {
    const { store, log } = this.#options
    this.#end()
    await this.#saved
    await store.clear().catch((error: unknown) => log('error', 'the local copy could not be cleared', error))
  }

  async close(): Promise<void> {
    await this.flush()
    this.#end()
    this.#options.store.close()
  }

  #lead(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#leading = this.#options.tabs.lead(this.#options.name, (leads) => {
        if (!leads) this.#leads = false
        else if (this.#loadedAt !== undefined && !this.#stopped) void this.#takeOver(this.#loadedAt)
        resolve(leads)
      })
    })
  }

  /**
   * Goes on from what lies there, which another tab may have written since: of a conversation whose events
   * since are known all of it stays, of others only what is held here.
   */
  async #takeOver(loadedAt: number): Promise<void> {
    const { store, entries, copy, users, state } = this.#options
    try {
      const stored = await store.load({ claim: true })
      if (this.#stopped) return
      const own = state()
      if (stored?.state.userId !== own?.userId || stored?.state.epoch !== own?.epoch) this.#whole = true
      const isAsLoaded = stored?.saves === loadedAt
      for (const { conversation } of stored?.conversations ?? [])
        if (!copy(conversation.id)) this.#unsavedOf(conversation.id).anew = true
      const heads = new Map<string, number>(
        stored?.conversations.map(({ conversation: { id, head } }) => [id, head]),
      )
      for (const [id, local] of entries()) {
        if (isAsLoaded && this.#loaded.has(local)) continue
        const head = heads.get(id)
        const since = head !== undefined && head <= cursorOf(local) ? foldingsSince(local, head) : undefined
        this.#unsaved.set(id, { anew: !since, events: since?.map(({ event }) => event) ?? [] })
      }
      for (const user of users()) this.#users.set(user.id, user)
      this.#leads = true
      this.#touched()
    } catch (error) {
      this.#stop('the local copy can’t be taken over', error)
    }
  }

  #unsavedOf(id: string): Unsaved {
    const known = this.#unsaved.get(id) ?? { anew: false, events: [] }
    this.#unsaved.set(id, known)
    return known
  }

  #touched(): void {
    if (!this.#leads || this.#cancelSave || this.#isSaving) return
    this.#cancelSave = this.#options.clock.after(saveAfterMs, () => this.#startSave())
  }

  #startSave(): void {
    this.#cancelSave?.()
    this.#cancelSave = undefined
    const state = this.#options.state()
    if (!state || !this.#leads) return
    const write = this.#write(state)
    this.#isSaving = true
    this.#saved = this.#options.store
      .save(write)
      .then(
        (written) => {
          // Another page claimed the place, as it does where tabs don't know of each other.
          if (!written) this.#leads = false
        },
        (error: unknown) => this.#stop('the local copy can’t be written', error),
      )
      .then(() => {
        this.#isSaving = false
        if (this.#whole || this.#unsaved.size > 0 || this.#users.size > 0) this.#touched()
      })
  }

  #write(state: CopyState): CopyWrite {
    const { entries, copy, users: everybody } = this.#options
    const whole = this.#whole
    if (whole) {
      for (const [id] of entries()) this.#unsavedOf(id).anew = true
      for (const user of everybody()) this.#users.set(user.id, user)
    }
    const [unsaved, users] = [this.#unsaved, [...this.#users.values()]]
    this.#unsaved = new Map()
    this.#users = new Map()
    this.#whole = false
    const conversations: ConversationWrite[] = []
    const dropped: string[] = []
    for (const [id, changes] of unsaved) {
      const local = copy(id)
      if (local) conversations.push(this.#writeOf(local, changes))
      else dropped.push(id)
    }
    return { whole, state, conversations, dropped, users }
  }

  /** What is held is written where it is new; what isn't held any more is made as the events say. */
  #writeOf(local: LocalConversation, { anew, events }: Unsaved): ConversationWrite {
    const viewer = this.#options.viewer()
    const messages = local.messages.filter((message) => anew || !this.#written.has(message))
    for (const message of messages) this.#written.add(message)
    const changes: { seq: number; change(message: Message): Message }[] = []
    for (const event of anew || viewer === undefined ? [] : events) {
      const seq = targetOf(event)
      if (viewer === undefined || seq === undefined || indexOf(local.messages, seq) >= 0) continue
      if (event.type === 'message.created') messages.push(event.data.message)
      else changes.push({ seq, change: (message) => fold(local, event, viewer, message).message ?? message })
    }
    return { kept: keptOf(local), anew, messages, changes }
  }

  #stop(what: string, error: unknown): void {
    if (this.#stopped) return
    this.#options.log('warn', `${what}: nothing is kept for the next start`, error)
    this.#end()
  }

  #end(): void {
    this.#stopped = true
    this.#leads = false
    this.#cancelSave?.()
    this.#cancelSave = undefined
    this.#unsaved.clear()
    this.#users.clear()
    this.#leading?.release()
  }
}
