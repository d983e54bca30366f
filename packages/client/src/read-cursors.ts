import { Refusal } from '@confab/protocol/refusal'
import { retryMs } from './back-off.ts'
import type { LocalConversation } from './local-conversation.ts'
import type { Call } from './sync-engine.ts'
import type { Timers } from './timers.ts'

/** Scrolling moves a cursor many times a second; the server is told this often at most. */
export const tellReadEveryMs = 250

interface ReadOptions {
  call: Call
  timers: Timers
  random: () => number
  copy(conversationId: string): LocalConversation | undefined
  confirmed(conversationId: string, seq: number): void
}

/** Tells the server how far one has read, until it knows: what is to be told is in the copies. */
export class ReadCursors {
  readonly #options: ReadOptions
  readonly #telling = new Set<string>()
  #connection = 0

  constructor(options: ReadOptions) {
    this.#options = options
  }

  down(): void {
    this.#connection++
    this.#telling.clear()
  }

  tell(id: string): void {
    if (this.#telling.has(id)) return
    this.#telling.add(id)
    this.#options.timers.after(tellReadEveryMs, () => void this.#tellNow(id))
  }

  async #tellNow(id: string): Promise<void> {
    const { call, copy, confirmed, timers, random } = this.#options
    const connection = this.#connection
    const seq = copy(id)?.conversation.me?.readSeq
    try {
      if (seq !== undefined) await call('read', { conversationId: id, seq })
      if (connection !== this.#connection) return
      this.#telling.delete(id)
      if (seq !== undefined) confirmed(id, seq)
    } catch (error) {
      if (connection !== this.#connection) return
      this.#telling.delete(id)
      // No answer: it may be told again. Another refusal means that the conversation is on its way out.
      const wait = retryMs(error instanceof Refusal ? error.retryAfterMs : undefined, 3, random)
      const again = !(error instanceof Refusal) || error.retryAfterMs !== undefined
      if (again) timers.after(wait, () => this.tell(id))
    }
  }
}
