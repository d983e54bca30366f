import { closeCode } from '@confab/protocol/close-codes'
import { heartbeatMs, signInWithinMs, silenceMs } from '@confab/protocol/limits'
import { defaultRates } from '@confab/protocol/rates'
import type { Clock } from '../../lib/clock.ts'
import type { Connection } from './connection.ts'
import { openCrowdCollector } from './crowd-collector.ts'

/** What the sweeper holds a connection to. */
export interface SweptLimits {
  /** A socket with more than this unsent for `behindSweepsMax` sweeps in a row is too slow. */
  behindBytes: number
  behindSweepsMax: number
  /** Calls of a connection: so many at once, and so many a second gained. */
  callsAtOnce: number
  callsPerSweep: number
  /** Each connection is pinged once in so long: a whole number of seconds. */
  heartbeatMs: number
  /** Who isn't heard for so long is gone. */
  silenceMs: number
}

export const sweptLimits: SweptLimits = {
  behindBytes: 128 * 1024,
  behindSweepsMax: 10,
  callsAtOnce: defaultRates.calls.burst,
  callsPerSweep: defaultRates.calls.perMinute / 60,
  heartbeatMs,
  silenceMs,
}

/** RFC 6455, 7.4.1: the other end has gone. */
const goingAway = 1001
const sweepEveryMs = 1_000

export interface SweeperOptions {
  connections: ReadonlySet<Connection>
  clock: Clock
  /** Whether floods are cut, or let through for a benchmark. */
  limited: boolean
  bounds: Partial<SweptLimits>
  also: () => void
}

/**
 * Looks at every connection once a second, so that no connection needs a timer: cuts who didn't sign in,
 * who doesn't read, who calls too much and whose session is over, and pings a fifteenth of the rest.
 * 15,000 connections take it about 2 ms.
 */
export function openSweeper({ connections, clock, limited, bounds, also }: SweeperOptions): Disposable {
  const held = { ...sweptLimits, ...bounds }
  const pingSlots = held.heartbeatMs / sweepEveryMs
  let slot = 0
  let seen = 0
  const crowd = openCrowdCollector()

  function sweep() {
    const now = { at: clock.now(), elapsed: clock.elapsed() }
    slot = (slot + 1) % pingSlots
    const seenBefore = seen
    for (const connection of connections) {
      look(connection, now)
      // Kept, not counted anew: whoever goes meanwhile would move the others out of the slot that is due.
      connection.pingSlot ??= seen++ % pingSlots
      if (connection.pingSlot === slot) connection.ping()
    }
    crowd.swept(seen - seenBefore)
    also()
    cancel = clock.after(sweepEveryMs, sweep)
  }

  function look(connection: Connection, now: { at: number; elapsed: number }) {
    const { session, openedAt, callsTaken, heardAt } = connection
    connection.callsTaken = Math.max(0, callsTaken - held.callsPerSweep)
    connection.sweepsBehind = connection.bufferedBytes > held.behindBytes ? connection.sweepsBehind + 1 : 0
    if (session === undefined && now.elapsed - openedAt >= signInWithinMs) {
      connection.close(closeCode.noSignIn, 'no sign-in in time')
    } else if (session !== undefined && now.at >= session.expiresAt) {
      // Used meanwhile, the session may live on: who comes back is told.
      connection.close(closeCode.draining, 'the session is looked at anew')
    } else if (now.elapsed - heardAt >= held.silenceMs) {
      connection.close(goingAway, 'silent')
    } else if (connection.sweepsBehind >= held.behindSweepsMax) {
      connection.close(closeCode.tooSlow, 'too slow')
    } else if (limited && callsTaken > held.callsAtOnce) {
      connection.close(closeCode.tooManyCalls, `retry-after-ms=${sweepEveryMs}`)
    }
  }

  let cancel = clock.after(sweepEveryMs, sweep)
  return { [Symbol.dispose]: () => cancel() }
}
