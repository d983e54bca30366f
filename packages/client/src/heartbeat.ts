import type { Clock } from './clock.ts'

/** How long an answer to a `probe` may take. */
export const probeMs = 5_000

interface Heart {
  ping(): Promise<unknown>
  dead(): void
}

/**
 * Notices a dead link, which a socket alone may not for many minutes: asks when nothing was heard for a
 * while, and gives the link up when that went on. A frame costs no more than a look at the clock.
 */
export class Heartbeat {
  readonly #clock: Clock
  readonly #heart: Heart
  #heardAt: number
  #pingMs = 0
  #silenceMs = 0
  #always = false
  #cancel: (() => void) | undefined

  constructor(clock: Clock, heart: Heart) {
    this.#clock = clock
    this.#heart = heart
    this.#heardAt = clock.now()
  }

  /** `always`: asks though the other side is heard, as it wants to hear something too. */
  start({ pingMs, silenceMs, always }: { pingMs: number; silenceMs: number; always: boolean }): void {
    this.#always = always
    this.#pingMs = pingMs
    this.#silenceMs = silenceMs
    this.#wait(pingMs)
  }

  heard(): void {
    this.#heardAt = this.#clock.now()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  /** Asks now, and doesn't wait long for an answer. */
  probe(): void {
    if (!this.#cancel) return
    const asked = this.#clock.now()
    this.#ping()
    this.#cancel()
    this.#cancel = this.#clock.after(probeMs, () =>
      this.#heardAt < asked ? this.#heart.dead() : this.#beat(),
    )
  }

  #beat(): void {
    // A clock that was set back would make the silence begin in the future, and last until then.
    this.#heardAt = Math.min(this.#heardAt, this.#clock.now())
    const silentMs = this.#clock.now() - this.#heardAt
    if (silentMs >= this.#silenceMs) this.#heart.dead()
    else if (silentMs < this.#pingMs && !this.#always) this.#wait(this.#pingMs - silentMs)
    else {
      this.#ping()
      this.#wait(Math.min(this.#pingMs, this.#silenceMs - silentMs))
    }
  }

  #wait(ms: number): void {
    this.#cancel = this.#clock.after(ms, () => this.#beat())
  }

  #ping(): void {
    // Silence is what tells that it went unanswered.
    this.#heart.ping().catch(() => undefined)
  }
}
