import type { UserId } from '@confab/protocol/ids'
import type { ChosenStatus } from '@confab/protocol/presence'
import type { Clock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import type { PresenceBoard } from '../../ports/presence.ts'

/** Presence for who keeps no socket: one who says so again within 30 s is there all the while. */
export interface Heartbeats extends Disposable {
  beat(userId: UserId, status: ChosenStatus): Promise<void>
}

const goodForMs = 30_000
const sweepEveryMs = 1_000

export function openHeartbeats({
  presence,
  clock,
  report,
}: {
  presence: PresenceBoard
  clock: Clock
  report: Report
}): Heartbeats {
  /** In the order of their end. Bounded by how many users beat within 30 s. */
  const until = new Map<UserId, number>()
  let cancel: (() => void) | undefined

  function sweep() {
    cancel = undefined
    const now = clock.now()
    for (const [userId, end] of until) {
      if (end > now) break
      until.delete(userId)
      presence
        .disconnect(userId, heartbeatOf(userId))
        .catch((cause) => report('presence: the end of a heartbeat was not noted', cause))
    }
    if (until.size > 0) cancel = clock.after(sweepEveryMs, sweep)
  }

  return {
    async beat(userId, status) {
      until.delete(userId)
      until.set(userId, clock.now() + goodForMs)
      cancel ??= clock.after(sweepEveryMs, sweep)
      const connectionId = heartbeatOf(userId)
      // First, so that nobody sees online for a moment who is invisible; again, for who is away.
      await presence.choose(userId, connectionId, status)
      await presence.connect(userId, connectionId)
      await presence.choose(userId, connectionId, status)
    },
    [Symbol.dispose]() {
      cancel?.()
      until.clear()
    },
  }
}

/** One a user: two programs of theirs keep the same one alive. */
export const heartbeatOf = (userId: UserId) => `heartbeat ${userId}`
