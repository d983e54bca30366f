import type { UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import { Refusal } from '@confab/protocol/refusal'
import { sentItem } from './compose-timeline.ts'
import { ConnectionLost } from './connection-lost.ts'
import { pageMessages, pageTriesMax } from './history-loader.ts'
import { cursorOf, indexOf, type LocalConversation } from './local-conversation.ts'
import { broughtUp } from './message-window.ts'
import type { Call } from './sync-engine.ts'
import type { Timeline, TimelineWindow } from './timeline.ts'
import { type Computed, computed, type Notifier, sameItems, type Value } from './value.ts'

/*
            a page around           loaded on to what the copy holds
  (new) ──────────────────► apart ───────────────────────────────────► joined
    ▲                         │
    └─────────────────────────┘ so much happened that it can't be told what: fetched anew
*/

interface WindowsOptions {
  call: Call
  notifier: Notifier
  copy(conversationId: string): LocalConversation | undefined
  viewer(): UserId | undefined
  /** A message with what was done to it here. */
  shown(local: LocalConversation, message: Message): Message
  /** Messages that end right before what the copy holds, or overlap with it, are put before it. */
  join(conversationId: string, messages: readonly Message[]): void
  /** The conversation's own timeline, and its earlier pages; kept while anybody has it open. */
  timeline(conversationId: string): Value<Timeline>
  open(conversationId: string): () => void
  loadEarlier(conversationId: string): Promise<void>
}

/** An unbroken stretch as it was when the log ended at `head`. */
interface Stretch {
  readonly messages: readonly Message[]
  readonly head: number
}

/** The windows on old parts of conversations that somebody looks at. */
export class OldWindows {
  readonly #options: WindowsOptions
  readonly #windows = new Map<string, Set<OldWindow>>()

  constructor(options: WindowsOptions) {
    this.#options = options
  }

  around(id: string, seq: number): TimelineWindow {
    const windows = this.#windows.get(id) ?? new Set<OldWindow>()
    this.#windows.set(id, windows)
    const window = new OldWindow(this.#options, id, seq, () => {
      windows.delete(window)
      if (windows.size === 0) this.#windows.delete(id)
    })
    windows.add(window)
    window.update()
    return window
  }

  /** To be called when a copy, or what lies over it, has changed. */
  changed(id: string): void {
    for (const window of this.#windows.get(id) ?? []) window.update()
  }

  online(): void {
    for (const windows of this.#windows.values()) for (const window of windows) window.retry()
  }
}

class OldWindow implements TimelineWindow {
  readonly timeline: Computed<Timeline>
  readonly #options: WindowsOptions
  readonly #id: string
  readonly #seq: number
  readonly #closed: () => void
  readonly #release: () => void
  #stretch: Stretch | undefined
  #isJoined = false
  #loading: Promise<void> | undefined
  #error: string | undefined

  constructor(options: WindowsOptions, id: string, seq: number, closed: () => void) {
    this.#options = options
    this.#id = id
    this.#seq = seq
    this.#closed = closed
    this.#release = options.open(id)
    this.timeline = computed<Timeline>(options.notifier, (last) => this.#compose(last))
  }

  loadEarlier(): Promise<void> {
    if (this.#isJoined) return this.#options.loadEarlier(this.#id)
    const first = this.#stretch?.messages[0]
    return first?.ordinal === 1 ? Promise.resolve() : this.#load('before')
  }

  loadLater(): Promise<void> {
    return this.#isJoined ? Promise.resolve() : this.#load('after')
  }

  close(): void {
    this.#closed()
    this.#release()
  }

  retry(): void {
    if (this.#error === undefined && this.#stretch) return
    this.#error = undefined
    this.update()
  }

  /** Brings the window up to the copy, joins them where they meet, and fetches what it hasn't. */
  update(): void {
    const { copy, viewer, join } = this.#options
    const local = copy(this.#id)
    const by = viewer()
    // Of a copy that is gone nothing is known any more, and the next may be of another log.
    if (!local) this.#stretch = undefined
    if (local && by !== undefined && !this.#isJoined) {
      const messages = this.#stretch && broughtUp(local, this.#stretch, by)
      this.#stretch = messages && { messages, head: Math.max(cursorOf(local), this.#stretch?.head ?? 0) }
      const [first] = local.messages
      const last = messages?.at(-1)
      const meets = !first || (last ? last.ordinal >= first.ordinal - 1 : holds(local, this.#seq))
      if (meets) {
        this.#isJoined = true
        this.#stretch = undefined
        join(this.#id, messages ?? [])
      } else if (!messages && this.#loading === undefined && this.#error === undefined)
        void this.#load('around')
    }
    this.timeline.invalidate()
  }

  #compose(last: Timeline | undefined): Timeline {
    const { copy, shown, timeline } = this.#options
    if (this.#isJoined) return timeline(this.#id).get()
    const local = copy(this.#id)
    const messages = local ? (this.#stretch?.messages ?? []) : []
    const items = sameItems(
      last?.items,
      messages.map((message) => sentItem(local ? shown(local, message) : message)),
    )
    const hasEarlier = (messages[0]?.ordinal ?? 1) > 1
    const error = this.#error
    const state =
      this.#loading !== undefined ? 'loading' : error !== undefined ? 'failed' : local ? 'ready' : 'loading'
    if (last?.items === items && last.state === state && last.error === error) return last
    return { items, hasEarlier, hasLater: true, state, ...(error !== undefined && { error }) }
  }

  #load(where: Where): Promise<void> {
    if (this.#loading !== undefined) return this.#loading
    this.#error = undefined
    this.#loading = this.#fetch(where)
      .catch((error: unknown) => {
        this.#error = error instanceof Error ? error.message : String(error)
      })
      .finally(() => {
        this.#loading = undefined
        this.update()
      })
    this.timeline.invalidate()
    return this.#loading
  }

  async #fetch(where: Where): Promise<void> {
    const { call, copy, viewer } = this.#options
    let minHead: number | undefined
    for (let tries = 1; tries <= pageTriesMax; tries++) {
      const { messages: held = [] } = this.#stretch ?? {}
      const at = where === 'around' ? this.#seq : (where === 'before' ? held[0] : held.at(-1))?.seq
      if (at === undefined) return
      const asked = {
        conversationId: this.#id,
        limit: pageMessages,
        ...(minHead !== undefined && { minHead }),
      }
      const page = await call('history', { ...asked, [where]: at })
      const [local, by] = [copy(this.#id), viewer()]
      if (!local || by === undefined) throw new Refusal('not_found')
      const messages = broughtUp(local, page, by)
      const now = this.#stretch && broughtUp(local, this.#stretch, by)
      if (this.#isJoined || (where !== 'around' && !now)) return
      if (messages) {
        const all = where === 'before' ? [...messages, ...(now ?? [])] : [...(now ?? []), ...messages]
        this.#stretch = {
          messages: where === 'around' ? messages : all,
          head: Math.max(cursorOf(local), page.head),
        }
        return
      }
      minHead = cursorOf(local)
    }
    throw new ConnectionLost('history: no usable answer')
  }
}

type Where = 'before' | 'after' | 'around'

const holds = (local: LocalConversation, seq: number) =>
  !local.hasEarlier || indexOf(local.messages, seq) >= 0 || seq > (local.messages[0]?.seq ?? 0)
