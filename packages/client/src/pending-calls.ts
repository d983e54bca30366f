import type { CallInput, CallResults, Method } from '@confab/protocol/calls'
import { Refusal } from '@confab/protocol/refusal'
import type { Clock } from './clock.ts'
import { ConnectionLost } from './connection-lost.ts'
import { parseResult } from './parse-frame.ts'

export const pendingCallsMax = 1_000
export const callTimeoutMs = 15_000

interface PendingCall {
  settle(result: unknown): void
  reject(error: unknown): void
  cancelTimeout(): void
}

/** The calls of one socket that wait for their reply. */
export class PendingCalls {
  readonly #clock: Clock
  readonly #send: (frame: string) => void
  readonly #pending = new Map<number, PendingCall>()
  #lastId = 0

  constructor(clock: Clock, send: (frame: string) => void) {
    this.#clock = clock
    this.#send = send
  }

  get count(): number {
    return this.#pending.size
  }

  /** Rejects with the server's `Refusal`, or with `ConnectionLost` when no answer came. */
  call<M extends Method>(method: M, params: CallInput[M]): Promise<CallResults[M]> {
    if (this.#pending.size >= pendingCallsMax)
      return Promise.reject(new Refusal('overloaded', { detail: 'Too many calls wait for an answer' }))
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      const late = () => this.#take(id)?.reject(new ConnectionLost(`${method}: no answer in time`))
      this.#pending.set(id, {
        settle: (result) => resolve(parseResult(method, result)),
        reject,
        cancelTimeout: this.#clock.after(callTimeoutMs, late),
      })
      this.#send(JSON.stringify({ id, method, params }))
    })
  }

  resolve(id: number, result: unknown): void {
    const call = this.#take(id)
    try {
      call?.settle(result)
    } catch (error) {
      call?.reject(error)
    }
  }

  reject(id: number, refusal: Refusal): void {
    this.#take(id)?.reject(refusal)
  }

  rejectAll(error: ConnectionLost): void {
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(error)
  }

  #take(id: number): PendingCall | undefined {
    const call = this.#pending.get(id)
    this.#pending.delete(id)
    call?.cancelTimeout()
    return call
  }
}
