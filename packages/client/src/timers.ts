import type { Clock } from './clock.ts'

/** Timers that end together, so that nothing of a lost connection or a closed chat goes on. */
export class Timers {
  readonly #clock: Clock
  readonly #cancels = new Set<() => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  after(ms: number, run: () => void): () => void {
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

  cancelAll(): void {
    for (const cancel of [...this.#cancels]) cancel()
  }
}
