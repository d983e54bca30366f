import type { ChosenStatus } from '@confab/protocol/presence'
import { ConnectionLost } from './connection-lost.ts'
import type { Call } from './sync-engine.ts'

/**
 * The presence that one chose. Away belongs to a connection, so each new one is told of it, for itself alone;
 * busy and invisible the server keeps, and another device may have chosen them since: those are told once.
 */
export class ChosenStatusTeller {
  readonly #call: Call
  #untold: ChosenStatus | undefined
  #away = false
  #chosen: ChosenStatus | undefined

  constructor(call: Call) {
    this.#call = call
  }

  /** As far as it was chosen here: of another device's choice nothing is known. */
  get isInvisible(): boolean {
    return this.#chosen === 'invisible'
  }

  /** Out of reach it is told when the connection is back. Rejects only where the server refuses. */
  async choose(status: ChosenStatus): Promise<void> {
    this.#chosen = status
    this.#away = status === 'away'
    this.#untold = status
    await this.#tell()
  }

  async online(): Promise<void> {
    if (this.#untold === undefined && this.#away) await this.#tellAgain()
    else await this.#tell()
  }

  /** Lost, it is told by the next connection. */
  async #tellAgain(): Promise<void> {
    try {
      await this.#call('presence.set', { status: 'away', again: true })
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error
    }
  }

  async #tell(): Promise<void> {
    const status = this.#untold
    if (status === undefined) return
    try {
      await this.#call('presence.set', { status })
      if (this.#untold === status) this.#untold = undefined
    } catch (error) {
      if (error instanceof ConnectionLost) return
      this.#untold = undefined
      throw error
    }
  }
}
