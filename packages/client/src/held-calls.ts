import type { CallInput, CallResults, Method } from '@confab/protocol/calls'
import { Refusal } from '@confab/protocol/refusal'
import { ConnectionLost } from './connection-lost.ts'
import { type PendingCalls, pendingCallsMax } from './pending-calls.ts'

interface HeldCall {
  method: Method
  send(calls: PendingCalls): void
  reject(error: ConnectionLost): void
}

/** Nobody asks for these again by themselves once a connection is gone. */
const askedOnce: ReadonlySet<Method> = new Set(['history', 'typing'])

/**
 * Calls made while a connection is about to be left: none has gone out yet. Each goes out once, on the one or
 * the other, in the order in which they were made.
 */
export class HeldCalls {
  #held: HeldCall[] = []

  hold<M extends Method>(method: M, params: CallInput[M]): Promise<CallResults[M]> {
    if (this.#held.length >= pendingCallsMax)
      return Promise.reject(new Refusal('overloaded', { detail: 'Too many calls wait for a connection' }))
    return new Promise((resolve, reject) => {
      const send = (calls: PendingCalls) => void calls.call(method, params).then(resolve, reject)
      this.#held.push({ method, send, reject })
    })
  }

  /** Where they were made for: it is not left after all. */
  sendOn(calls: PendingCalls): void {
    for (const { send } of this.#take()) send(calls)
  }

  /** To be called before the connection is left; what it answers, with the next one once that has said hello. */
  moveOn(): (calls: PendingCalls) => void {
    const held = this.#take()
    // As after a loss, who asked asks again on the next connection: sent from here too, it would go out twice.
    for (const { method, reject } of held) if (!askedOnce.has(method)) reject(new ConnectionLost('moved on'))
    return (calls) => {
      for (const { method, send } of held) if (askedOnce.has(method)) send(calls)
    }
  }

  rejectAll(): void {
    for (const { reject } of this.#take()) reject(new ConnectionLost('cut off'))
  }

  #take(): HeldCall[] {
    const held = this.#held
    this.#held = []
    return held
  }
}
