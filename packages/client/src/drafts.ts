import { Refusal } from '@confab/protocol/refusal'
import { isPassing, retryMs } from './back-off.ts'
import type { Clock } from './clock.ts'
import type { DraftStore } from './draft-store.ts'
import type { LocalConversation } from './local-conversation.ts'
import type { Log } from './options.ts'
import type { Timers } from './timers.ts'
import { type Computed, computed, type Notifier, type Value } from './value.ts'
import { withinMs } from './within-ms.ts'

/** The server is told when one pauses that long, and of a text that goes on this often. */
export const tellDraftAfterMs = 1_000
export const tellDraftEveryMs = 5_000
const loadWithinMs = 3_000

/*
            set                    told                 a later word of the server
  (none) ────────► waiting ◄────► telling ────► told ──────────────────────────────► (none)
                      ▲                           │ set
                      └───────────────────────────┘

  While there is a word of one's own it is what shows, else the server's does.
*/
interface Own {
  text: string
  /** The `rev` of one's membership when it was told; undefined while it isn't, or not as it is now. */
  toldAt: number | undefined
  firstAt: number
  cancel: () => void
}

interface DraftsOptions {
  store: DraftStore
  clock: Clock
  timers: Timers
  notifier: Notifier
  log: Log
  random: () => number
  copy(conversationId: string): LocalConversation | undefined
  /** Tells the server. */
  tell(conversationId: string, draft: string | null): Promise<void>
}

/**
 * What is begun in each conversation: at once here and on disk, soon at one's other devices,
 * the last word winning.
 */
export class Drafts {
  readonly #options: DraftsOptions
  readonly #own = new Map<string, Own>()
  readonly #values = new Map<string, Computed<string>>()
  #userId: string | undefined
  #online = false
  #connection = 0

  constructor(options: DraftsOptions) {
    this.#options = options
  }

  value(id: string): Value<string> {
    const known = this.#values.get(id)
    if (known) return known
    const value = computed(this.#options.notifier, () => this.#shown(id))
    this.#values.set(id, value)
    return value
  }

  set(id: string, text: string): void {
    if (text === this.#shown(id)) return
    const now = this.#options.clock.now()
    const known = this.#own.get(id)
    known?.cancel()
    const firstAt = known && known.toldAt === undefined ? known.firstAt : now
    const own: Own = { text, toldAt: undefined, firstAt, cancel: ignore }
    this.#own.set(id, own)
    this.#keep(id, text)
    this.#plan(id, own, Math.min(tellDraftAfterMs, firstAt + tellDraftEveryMs - now))
    this.#values.get(id)?.invalidate()
  }

  /** Sent, it is nobody's draft any more, on no device. */
  sent(id: string): void {
    if (this.#shown(id) === '') return
    this.set(id, '')
    const own = this.#own.get(id)
    if (own) this.#plan(id, own, 0)
  }

  /** Takes up what an earlier page left, told or not: nobody can know. */
  async open(userId: string): Promise<void> {
    if (this.#userId === userId) return
    if (this.#userId !== undefined) this.forgetAll()
    this.#userId = userId
    const { store, clock, log } = this.#options
    try {
      const left = await withinMs(clock, loadWithinMs, store.load(userId))
      if (this.#userId !== userId) return
      for (const { conversationId: id, text } of left) {
        if (this.#own.has(id)) continue
        const own: Own = { text, toldAt: undefined, firstAt: clock.now(), cancel: ignore }
        this.#own.set(id, own)
        this.#values.get(id)?.invalidate()
        this.#plan(id, own, 0)
      }
    } catch (error) {
      log('warn', 'the drafts can’t be read', error)
    }
  }

  online(): void {
    this.#online = true
    for (const [id, own] of this.#own) if (own.toldAt === undefined) this.#plan(id, own, 0)
  }

  down(): void {
    this.#online = false
    this.#connection++
    for (const own of this.#own.values()) own.cancel()
  }

  /** The copy is another now: perhaps a later word of another device, or the server's of one's own. */
  changed(id: string): void {
    const own = this.#own.get(id)
    const local = this.#options.copy(id)
    if (local && own?.toldAt !== undefined && (local.rev > own.toldAt || draftOf(local) === own.text))
      this.#drop(id, own)
    this.#values.get(id)?.invalidate()
  }

  /** Forgets everything in memory; what is kept stays there. */
  forgetAll(): void {
    for (const own of this.#own.values()) own.cancel()
    this.#own.clear()
    this.#userId = undefined
    for (const value of this.#values.values()) value.invalidate()
  }

  /** Forgets everything, on disk too. */
  async eraseAll(userId = this.#userId): Promise<void> {
    const { store, log } = this.#options
    this.forgetAll()
    if (userId === undefined) return
    await store.clear(userId).catch((error: unknown) => log('error', 'drafts could not be cleared', error))
  }

  #shown(id: string): string {
    return this.#own.get(id)?.text ?? draftOf(this.#options.copy(id))
  }

  #plan(id: string, own: Own, ms: number): void {
    if (!this.#online || this.#own.get(id) !== own) return
    own.cancel()
    own.cancel = this.#options.timers.after(Math.max(0, ms), () => void this.#tell(id, own))
  }

  async #tell(id: string, own: Own): Promise<void> {
    const { copy, tell, random } = this.#options
    const connection = this.#connection
    const toldAt = copy(id)?.rev ?? 0
    try {
      await tell(id, own.text === '' ? null : own.text)
    } catch (error) {
      if (connection !== this.#connection || this.#own.get(id) !== own) return
      if (!(error instanceof Refusal) || isPassing(error)) {
        const waitMs = retryMs(error instanceof Refusal ? error.retryAfterMs : undefined, 3, random)
        return this.#plan(id, own, waitMs)
      }
      if (error.code === 'not_found') this.#drop(id, own)
      // Too long, perhaps: it stays here, and is told when it is another.
      else own.toldAt = Number.POSITIVE_INFINITY
      return
    }
    if (this.#own.get(id) !== own) return
    own.toldAt = toldAt
    this.changed(id)
  }

  #keep(id: string, text: string): void {
    const { store, log } = this.#options
    if (this.#userId === undefined) return
    store
      .put(this.#userId, { conversationId: id, text })
      .catch((error: unknown) => log('warn', 'a draft could not be kept for a reload', error))
  }

  #drop(id: string, own: Own): void {
    const { store, log } = this.#options
    this.#own.delete(id)
    own.cancel()
    this.#values.get(id)?.invalidate()
    if (this.#userId === undefined) return
    store
      .remove(this.#userId, id)
      .catch((error: unknown) => log('warn', 'a draft is still kept, and told again', error))
  }
}

const draftOf = (local: LocalConversation | undefined) => local?.conversation.me?.draft ?? ''
const ignore = () => undefined
