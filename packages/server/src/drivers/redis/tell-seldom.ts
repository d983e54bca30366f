import type { Clock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import { openSeldom } from '../../lib/seldom.ts'
import { plainError } from './plain-error.ts'

const toldEveryMs = 60_000

/** What an engine refuses it refuses each time: of every kind one is told a minute, and the message alone. */
export function tellSeldom({ report, clock }: { report: Report; clock: Pick<Clock, 'now'> }): Report {
  const isFirst = openSeldom({ everyMs: toldEveryMs, clock })
  return (context, cause) => {
    if (isFirst(context)) report(context, plainError(cause))
  }
}
