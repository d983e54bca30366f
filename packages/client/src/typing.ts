import type { UserId } from '@confab/protocol/ids'
import { typingMs } from '@confab/protocol/limits'
import type { Clock } from './clock.ts'
import type { Call } from './sync-engine.ts'
import type { Timers } from './timers.ts'

/** While one types on, the server is told this often: it forgets after 5 s. */
export const tellTypingEveryMs = 3_000
/** A little more than the server's own 5 s, whose word may have been lost. */
export const othersTypingMs = 6_000

interface Typist {
  /** Seen typing until then, unless they type on. */
  until: number
  cancelStop(): void
}

/** Who is typing where: others until they stop or fall silent, and oneself, told sparingly. */
export class Typing {
  readonly #options: { call: Call; clock: Clock; timers: Timers; changed(conversationId: string): void }
  readonly #others = new Map<string, Map<UserId, Typist>>()
  readonly #shown = new Map<string, readonly UserId[]>()
  readonly #mine = new Map<string, { toldAt: number; cancelStop: () => void }>()

  constructor(options: { call: Call; clock: Clock; timers: Timers; changed(conversationId: string): void }) {
    this.#options = options
  }

  others(conversationId: string): readonly UserId[] {
    return this.#shown.get(conversationId) ?? nobody
  }

  take(conversationId: string, userId: UserId, typing: boolean): void {
    const others = this.#others.get(conversationId) ?? new Map<UserId, Typist>()
    const before = others.get(userId)
    before?.cancelStop()
    if (typing) {
      others.set(userId, this.#typist(conversationId, userId, othersTypingMs))
      this.#others.set(conversationId, others)
    } else others.delete(userId)
    if (typing === (before !== undefined)) return
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

  /** The timers of all this are gone with the connection. Handed over, others are seen typing on, as long as before. */
  down(handedOver: boolean): void {
    this.#mine.clear()
    if (handedOver) {
      const now = this.#options.clock.now()
      for (const [id, others] of this.#others)
        for (const [userId, { until }] of others)
          others.set(userId, this.#typist(id, userId, Math.max(0, Math.min(until - now, othersTypingMs))))
      return
    }
    const ids = [...this.#shown.keys()]
    this.#others.clear()
    this.#shown.clear()
    for (const id of ids) this.#options.changed(id)
  }

  #typist(conversationId: string, userId: UserId, forMs: number): Typist {
    const { clock, timers } = this.#options
    const cancelStop = timers.after(forMs, () => this.take(conversationId, userId, false))
    return { until: clock.now() + forMs, cancelStop }
  }

  #tell(conversationId: string, typing: boolean): void {
    // Not worth another try: it is told again, or forgotten by itself.
    this.#options.call('typing', { conversationId, typing }).catch(() => undefined)
  }
}

const nobody: readonly UserId[] = []
