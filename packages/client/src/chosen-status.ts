import type { CallInput } from '@confab/protocol/calls'
import type { ChosenStatus } from '@confab/protocol/presence'
import { Refusal } from '@confab/protocol/refusal'
import { isPassing, retryMs } from './back-off.ts'
import type { Call } from './sync-engine.ts'
import type { Timers } from './timers.ts'

interface TellerOptions {
  call: Call
  timers: Timers
  random: () => number
}

/**
 * The presence that one chose, and whether the device is used. Away belongs to a connection, so each new one
 * is told of it, for itself alone; busy and invisible the server keeps, and another device may have chosen
 * them since: those are told once. That nobody uses the device is no choice, and ends none.
 */
export class ChosenStatusTeller {
  readonly #options: TellerOptions
  #untold: ChosenStatus | undefined
  #away = false
  #idle = false
  #chosen: ChosenStatus | undefined
  /** What the server takes the present connection for. */
  #connectionAway = false
  #online = false
  #connection = 0
  /** One call after the other: over a stream each is a request of its own, and could overtake another. */
  #turn: Promise<void> = Promise.resolve()
  #stopWaiting: () => void = () => undefined

  constructor(options: TellerOptions) {
    this.#options = options
  }

  /** As far as it was chosen here: of another device's choice nothing is known. */
  get isInvisible(): boolean {
    return this.#chosen === 'invisible'
  }

  /** Out of reach it is told when the connection is back. Rejects only where the server refuses for good. */
  async choose(status: ChosenStatus): Promise<void> {
    this.#chosen = status
    this.#untold = status
    this.#away = status === 'away'
    // Who chooses is here.
    this.#idle = false
    await this.#tell()
  }

  /** Rejects as `choose` does. */
  async setIdle(idle: boolean): Promise<void> {
    this.#idle = idle
    await this.#tell()
  }

  async online(): Promise<void> {
    this.#online = true
    await this.#tell()
  }

  down(): void {
    this.#online = false
    this.#connection++
    this.#connectionAway = false
    this.#turn = Promise.resolve()
    this.#stopWaiting()
  }

  #tell(): Promise<void> {
    const connection = this.#connection
    const turn = this.#turn.then(() => this.#tellDue(connection))
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async #tellDue(connection: number): Promise<void> {
    const isHere = () => this.#online && connection === this.#connection
    let refusal: Refusal | undefined
    for (let due = this.#due(); due && isHere(); due = this.#due()) {
      try {
        await this.#options.call('presence.set', due)
        if (isHere()) this.#told(due)
      } catch (error) {
        if (error instanceof Refusal && !isPassing(error)) {
          this.#told(due)
          refusal = error
          continue
        }
        // It stays due: who chose to be invisible relies on it.
        if (isHere()) await this.#pause(error instanceof Refusal ? error.retryAfterMs : undefined)
      }
    }
    if (refusal) throw refusal
  }

  #due(): CallInput['presence.set'] | undefined {
    if (this.#untold !== undefined) return { status: this.#untold }
    const isAway = this.#away || this.#idle
    return isAway === this.#connectionAway ? undefined : { status: isAway ? 'away' : 'online', again: true }
  }

  #told({ status, again }: CallInput['presence.set']): void {
    if (!again && this.#untold === status) this.#untold = undefined
    if (status === 'online' || status === 'away') this.#connectionAway = status === 'away'
  }

  /** Ends with the connection, if that comes first. */
  #pause(retryAfterMs: number | undefined): Promise<void> {
    const { timers, random } = this.#options
    return new Promise((resolve) => {
      this.#stopWaiting = resolve
      timers.after(retryMs(retryAfterMs, 3, random), resolve)
    })
  }
}
