import { isoTime } from '../lib/clock.ts'
import type { EventLog, ReplayPoint } from '../ports/event-log.ts'

/** Writes what the log has from a point on, a line of JSON each; answers how many. */
export async function replay(
  log: EventLog,
  from: ReplayPoint,
  write: (text: string) => Promise<void>,
): Promise<number> {
  let count = 0
  for await (const events of log.read(from)) {
    await write(events.map((event) => `${JSON.stringify({ ...event, at: isoTime(event.at) })}\n`).join(''))
    count += events.length
  }
  return count
}
