import type { Message } from '@confab/protocol/message'
import { Refusal } from '@confab/protocol/refusal'
import { retryMs } from './back-off.ts'
import type { Loading } from './compose-timeline.ts'
import { ConnectionLost } from './connection-lost.ts'
import { cursorOf, type LocalConversation } from './local-conversation.ts'
import type { KeptPage } from './local-store.ts'
import { closedMessagesMax, type HistoryPage } from './message-window.ts'
import type { Call } from './sync-engine.ts'
import type { Timers } from './timers.ts'

/** Messages a page; an open conversation with fewer, and more to be had, fetches one by itself. */
export const pageMessages = 50
export const enoughMessages = 25
/** Answers in a row that came too late to be used. */
export const pageTriesMax = 5

export interface HistoryOptions {
  call: Call
  timers: Timers
  random: () => number
  copy(conversationId: string): LocalConversation | undefined
  takePage(conversationId: string, page: HistoryPage): 'taken' | 'stale' | 'moved'
  /** A page that is kept here; undefined where nothing is. */
  kept(conversationId: string, before: Message, limit: number): Promise<KeptPage | undefined>
  trim(conversationId: string, max: number): void
  /** Where an unknown conversation is really unknown: everything has been told. */
  ready(): boolean
  changed(conversationId: string): void
}

interface View {
  opened: number
  loading: Promise<void> | undefined
  error: string | undefined
}

/** Loads pages of history for the conversations that somebody looks at. */
export class HistoryLoader {
  readonly #options: HistoryOptions
  readonly #views = new Map<string, View>()
  #online = false

  constructor(options: HistoryOptions) {
    this.#options = options
  }

  loading(id: string): Loading {
    const view = this.#views.get(id)
    const local = this.#options.copy(id)
    if (view?.loading !== undefined) return { state: 'loading' }
    if (view?.error !== undefined) return { state: 'failed', error: view.error }
    if (local && hasEnough(local)) return { state: 'ready' }
    if (!view) return { state: 'empty' }
    if (!local && this.#options.ready()) return { state: 'failed', error: 'There is no such conversation' }
    return { state: 'loading' }
  }

  open(id: string): () => void {
    const view = this.#views.get(id) ?? { opened: 0, loading: undefined, error: undefined }
    this.#views.set(id, view)
    view.opened++
    view.error = undefined
    this.#options.changed(id)
    this.check(id)
    let released = false
    return () => {
      if (released) return
      released = true
      if (--view.opened > 0) return
      this.#views.delete(id)
      this.#options.trim(id, closedMessagesMax)
      this.#options.changed(id)
    }
  }

  isOpen(id: string): boolean {
    return this.#views.has(id)
  }

  online(): void {
    this.#online = true
    for (const [id, view] of this.#views) {
      view.error = undefined
      this.#options.changed(id)
      this.check(id)
    }
  }

  down(): void {
    this.#online = false
  }

  /** Fetches the first page of an open conversation, or the latest again after it was dropped. */
  check(id: string): void {
    const view = this.#views.get(id)
    const local = this.#options.copy(id)
    if (
      view &&
      local &&
      this.#online &&
      view.loading === undefined &&
      view.error === undefined &&
      !hasEnough(local)
    )
      void this.#load(id, view)
  }

  /** One page more. Never rejects: what went wrong is in `loading`. */
  loadEarlier(id: string): Promise<void> {
    const view = this.#views.get(id) ?? { opened: 0, loading: undefined, error: undefined }
    return view.loading ?? this.#load(id, view)
  }

  #load(id: string, view: View): Promise<void> {
    view.error = undefined
    view.loading = this.#fetch(id)
      .catch((error: unknown) => {
        view.error = error instanceof Error ? error.message : String(error)
        if (error instanceof Refusal && error.retryAfterMs !== undefined)
          this.#options.timers.after(retryMs(error.retryAfterMs, 1, this.#options.random), () => {
            view.error = undefined
            this.check(id)
          })
      })
      .finally(() => {
        view.loading = undefined
        this.#options.changed(id)
        this.check(id)
      })
    this.#options.changed(id)
    return view.loading
  }

  async #fetch(id: string): Promise<void> {
    const { call, copy, takePage } = this.#options
    let minHead: number | undefined
    for (let tries = 1; tries <= pageTriesMax; tries++) {
      const local = copy(id)
      if (!local) throw new Refusal('not_found')
      if (!local.hasEarlier) return
      const first = local.messages[0]
      const before = first?.seq
      if (first && tries === 1 && (await this.#fetchKept(id, first))) return
      const asked = {
        conversationId: id,
        limit: pageMessages,
        ...(before !== undefined && { before }),
        ...(minHead !== undefined && { minHead }),
      }
      const outcome = takePage(id, { before, ...(await call('history', asked)) })
      if (outcome === 'taken') return
      minHead = outcome === 'stale' ? cursorOf(copy(id) ?? local) : minHead
    }
    throw new ConnectionLost('history: no usable answer')
  }

  /** What is kept here needs no network. */
  async #fetchKept(id: string, first: Message): Promise<boolean> {
    const page = await this.#options.kept(id, first, pageMessages)
    if (!page || page.messages.length === 0) return false
    return this.#options.takePage(id, { before: first.seq, ...page }) === 'taken'
  }
}

const hasEnough = (local: LocalConversation) => !local.hasEarlier || local.messages.length >= enoughMessages
