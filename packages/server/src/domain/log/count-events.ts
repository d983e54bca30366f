import type { Clock } from '../../lib/clock.ts'
import type { EventLog } from '../../ports/event-log.ts'

/** As whom the workers follow the log. */
export const countingGroup = 'activity'

/**
 * Counts what happens in the whole installation, each event once among all workers, and how long after it was
 * committed it is known here: the time that everything takes that follows the log.
 */
export function countEvents({
  log,
  clock,
  onDelay,
}: {
  log: EventLog
  clock: Clock
  onDelay: (seconds: number) => void
}): AsyncDisposable & { counts: Record<string, number> } {
  const counts: Record<string, number> = {}
  const following = log.follow(countingGroup, async (events) => {
    for (const { type, at } of events) {
      counts[type] = (counts[type] ?? 0) + 1
      onDelay(Math.max(0, clock.now() - at) / 1_000)
    }
  })
  return { counts, [Symbol.asyncDispose]: () => following[Symbol.asyncDispose]() }
}
