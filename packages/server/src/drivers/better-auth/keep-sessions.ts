import type { Clock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import type { Session } from '../../ports/identity.ts'
import { extendAfterMs, sessionLifeMs } from './session-life.ts'
import type { SessionTables } from './sessions.ts'

const extendWithinMs = 2_000
const extendAgainMs = 30_000
const extendAtOnceMax = 500
const pruneEveryMs = 3_600_000

/**
 * Moves the end of sessions that are in use. Gathered and written together, some seconds later: after a
 * restart thousands of clients come back at once, and a flush each would hold up the server. What can't be
 * written, on a full disk say, is reported and tried again with the next.
 */
export function keepUsed(tables: SessionTables, { clock, report }: Keeping) {
  const waiting = new Set<string>()
  let cancel: (() => void) | undefined

  /** Whether it went well. */
  const flush = (): boolean => {
    cancel = undefined
    const ids = [...waiting].slice(0, extendAtOnceMax)
    try {
      tables.extend(ids, { now: clock.now(), until: clock.now() + sessionLifeMs })
    } catch (cause) {
      report('sessions in use were not kept for longer', cause)
      cancel = clock.after(extendAgainMs, flush)
      return false
    }
    for (const id of ids) waiting.delete(id)
    if (waiting.size > 0) cancel = clock.after(extendWithinMs, flush)
    return true
  }

  return {
    stop(): void {
      while (waiting.size > 0 && flush());
      cancel?.()
    },
    used(session: Session): Session {
      const until = clock.now() + sessionLifeMs
      if (until - session.expiresAt < extendAfterMs) return session
      waiting.add(session.sessionId)
      cancel ??= clock.after(extendWithinMs, flush)
      return { ...session, expiresAt: until }
    },
  }
}

/** Forgets expired sessions now and every hour. Answers how to stop. */
export function pruneForEver(tables: SessionTables, { clock, report }: Keeping): () => void {
  let cancel = (): void => undefined
  const prune = (): void => {
    try {
      tables.prune(clock.now())
    } catch (cause) {
      // They say nobody all the same.
      report('expired sessions were not forgotten', cause)
    }
    cancel = clock.after(pruneEveryMs, prune)
  }
  prune()
  return () => cancel()
}

interface Keeping {
  clock: Clock
  report: Report
}
