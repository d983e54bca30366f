import type { Clock } from './clock.ts'
import type { Socket } from './options.ts'

export type TransportKind = 'socket' | 'stream'

/**
 * Sockets in a row that never opened before streams are tried: so many a bad moment alone seldom explains.
 */
export const blockedAfter = 3
/** On a stream, a socket is tried this often. */
export const trySocketEveryMs = 5 * 60_000
/** And at once when there is a reason to hope, but never more often: a network may come and go by the second. */
export const trySocketAgainMs = 30_000
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

/** Looks for a socket beside a stream. */
export interface SocketSearch {
  /** Tries now, or as soon as the last try is `trySocketAgainMs` ago. */
  hurry(): void
  stop(): void
}

/** Tries now and then whether a socket opens, beside what is connected. `found` is called once at most. */
export function lookForSocket(
  { clock, openSocket }: { clock: Clock; openSocket: () => Socket },
  found: () => void,
): SocketSearch {
  // A stream begins where a socket has just failed to open.
  let triedAt = clock.now()
  let cancel = clock.after(trySocketEveryMs, look)
  let tried: Socket | undefined

  function look(): void {
    triedAt = clock.now()
    cancel = clock.after(socketOpensWithinMs, again)
    try {
      tried = openSocket()
      tried.onclose = again
      tried.onopen = () => {
        stop()
        found()
      }
    } catch {
      // Where there are no sockets at all, none opens: that is the answer.
      again()
    }
  }

  function again(): void {
    stop()
    cancel = clock.after(trySocketEveryMs, look)
  }

  function stop(): void {
    cancel()
    if (!tried) return
    tried.onopen = tried.onclose = null
    tried.close()
    tried = undefined
  }

  return {
    hurry() {
      if (tried) return
      cancel()
      // A clock that was set back would put it off for longer.
      triedAt = Math.min(triedAt, clock.now())
      cancel = clock.after(Math.max(0, triedAt + trySocketAgainMs - clock.now()), look)
    },
    stop,
  }
}
