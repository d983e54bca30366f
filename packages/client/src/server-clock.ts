/**
 * The server's time as its last hello told it: a device's own clock may be hours off. Good to the time that
 * the hello took, and before the first hello the device's own.
 */
export class ServerClock {
  readonly #clock: { now(): number }
  #aheadMs = 0

  constructor(clock: { now(): number }) {
    this.#clock = clock
  }

  /** To be called as a hello comes. */
  take(serverTime: string): void {
    this.#aheadMs = Date.parse(serverTime) - this.#clock.now()
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#clock.now() + this.#aheadMs
  }
}
