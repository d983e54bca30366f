import type { Clock } from '@confab/client/clock'

/** Time that moves when told to. */
export class FakeClock implements Clock {
  #now = Date.UTC(2026, 0, 1)
  #timers: { at: number; order: number; run: () => void }[] = []
  #order = 0

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order++, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer)
    }
  }

  /** How many timers wait: a test can see that nothing is left behind. */
  get waiting(): number {
    return this.#timers.length
  }

  /** Lets `ms` pass: every timer that falls due runs in its turn, with what it sets off. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settled()
    for (;;) {
      const [next] = this.#timers
        .filter(({ at }) => at <= end)
        .sort((a, b) => a.at - b.at || a.order - b.order)
      if (!next) break
      this.#timers = this.#timers.filter((one) => one !== next)
      this.#now = next.at
      next.run()
      await settled()
    }
    this.#now = end
  }
}

/** Everything that only waits for promises has happened. */
export async function settled(): Promise<void> {
  // A macrotask comes after all microtasks, and needs no time on the clock.
  await new Promise<void>((resolve) => {
    setImmediate(resolve)
  })
}
