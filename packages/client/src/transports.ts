import type { Clock } from './clock.ts'
import type { Socket } from './options.ts'

export type TransportKind = 'socket' | 'stream'

/**
 * Sockets in a row that never opened before streams are tried: so many a bad moment alone seldom explains.
 */
export const blockedAfter = 3
/** On a stream, a socket is tried this often. */
export const trySocketEveryMs = 5 * 60_000
export const socketOpensWithinMs = 10_000

/**
 * Says what to connect with: sockets, unless they seem to be blocked; and a socket first after each stream.
 */
export class Transports {
  #unopened = 0

  get next(): TransportKind {
    return this.#unopened >= blockedAfter ? 'stream' : 'socket'
  }

  ended(kind: TransportKind, opened: boolean): void {
    // Whatever ended a stream, one more socket that doesn't open leads back to streams.
    if (kind === 'stream') this.#unopened = blockedAfter - 1
    else this.#unopened = opened ? 0 : this.#unopened + 1
  }
}

/** Tries now and then whether a socket opens, beside what is connected. `found` is called once at most. */
export function lookForSocket(
  { clock, openSocket }: { clock: Clock; openSocket: () => Socket },
  found: () => void,
): () => void {
  let cancel = clock.after(trySocketEveryMs, look)
  let stop: () => void = () => undefined

  function look(): void {
    const again = () => {
      stop()
      cancel = clock.after(trySocketEveryMs, look)
    }
    try {
      const socket = openSocket()
      stop = () => {
        cancel()
        socket.onopen = socket.onclose = null
        socket.close()
        stop = () => undefined
      }
      cancel = clock.after(socketOpensWithinMs, again)
      socket.onclose = again
      socket.onopen = () => {
        stop()
        found()
      }
    } catch {
      // Where there are no sockets at all, none opens: that is the answer.
      cancel = clock.after(trySocketEveryMs, look)
    }
  }

  return () => {
    stop()
    cancel()
  }
}
