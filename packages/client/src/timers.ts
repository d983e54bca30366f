import type { Clock } from './clock.ts'

/** Timers that end together, so that nothing of a lost connection or a closed chat goes on. */
export class Timers {
  readonly #clock: Clock
  readonly #cancels = new Set<() => void>()
  #closed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  after(ms: number, run: () => void): () => void {
    if (this.#closed) return () => undefined
    const stop = this.#clock.after(ms, () => {
      this.#cancels.delete(cancel)
      run()
    })
    const cancel = () => {
      this.#cancels.delete(cancel)
      stop()
    }
    this.#cancels.add(cancel)
    return cancel
  }

  /** From now on none begins. */
  close(): void {
    this.#closed = true
    this.cancelAll()
  }

  cancelAll(): void {
    for (const cancel of [...this.#cancels]) cancel()
  }
}
