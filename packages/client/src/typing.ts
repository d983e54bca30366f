import type { UserId } from '@confab/protocol/ids'
import { typingMs } from '@confab/protocol/limits'
import type { Clock } from './clock.ts'
import type { Call } from './sync-engine.ts'
import type { Timers } from './timers.ts'

/** While one types on, the server is told this often: it forgets after 5 s. */
export const tellTypingEveryMs = 3_000
/** A little more than the server's own 5 s, whose word may have been lost. */
export const othersTypingMs = 6_000

/** Who is typing where: others until they stop or fall silent, and oneself, told sparingly. */
export class Typing {
  readonly #options: { call: Call; clock: Clock; timers: Timers; changed(conversationId: string): void }
  readonly #others = new Map<string, Map<UserId, () => void>>()
  readonly #shown = new Map<string, readonly UserId[]>()
  readonly #mine = new Map<string, { toldAt: number; cancelStop: () => void }>()

  constructor(options: { call: Call; clock: Clock; timers: Timers; changed(conversationId: string): void }) {
    this.#options = options
  }

  others(conversationId: string): readonly UserId[] {
    return this.#shown.get(conversationId) ?? nobody
  }

  take(conversationId: string, userId: UserId, typing: boolean): void {
    const others = this.#others.get(conversationId) ?? new Map<UserId, () => void>()
    const cancel = others.get(userId)
    cancel?.()
    if (typing) {
      const stop = () => this.take(conversationId, userId, false)
      others.set(userId, this.#options.timers.after(othersTypingMs, stop))
      this.#others.set(conversationId, others)
    } else others.delete(userId)
    if (typing === (cancel !== undefined)) return
    if (others.size === 0) this.#others.delete(conversationId)
    this.#shown.set(conversationId, [...others.keys()])
    if (others.size === 0) this.#shown.delete(conversationId)
    this.#options.changed(conversationId)
  }

  setMine(conversationId: string, typing: boolean): void {
    const { clock, timers } = this.#options
    const told = this.#mine.get(conversationId)
    told?.cancelStop()
    if (!typing) {
      if (told) this.#tell(conversationId, false)
      this.#mine.delete(conversationId)
      return
    }
    const now = clock.now()
    const due = !told || now - told.toldAt >= tellTypingEveryMs
    if (due) this.#tell(conversationId, true)
    const cancelStop = timers.after(typingMs, () => this.setMine(conversationId, false))
    this.#mine.set(conversationId, { toldAt: due ? now : told.toldAt, cancelStop })
  }

  /** A message ends the typing by itself, here and at everybody who sees it. */
  sent(conversationId: string): void {
    this.#mine.get(conversationId)?.cancelStop()
    this.#mine.delete(conversationId)
  }

  /** The timers of all this are gone with the connection. */
  down(): void {
    const ids = [...this.#shown.keys()]
    this.#others.clear()
    this.#shown.clear()
    this.#mine.clear()
    for (const id of ids) this.#options.changed(id)
  }

  #tell(conversationId: string, typing: boolean): void {
    // Not worth another try: it is told again, or forgotten by itself.
    this.#options.call('typing', { conversationId, typing }).catch(() => undefined)
  }
}

const nobody: readonly UserId[] = []
