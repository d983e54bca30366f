import type { Clock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import type { Session } from '../../ports/identity.ts'
import { extendAfterMs, sessionLifeMs } from './session-life.ts'
import type { KeptSession, SessionTables } from './sessions.ts'

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
  let flushing: Promise<unknown> | undefined
  let stopped = false

  /** Whether it went well. */
  async function flush(): Promise<boolean> {
    cancel = undefined
    const ids = [...waiting].slice(0, extendAtOnceMax)
    try {
      await tables.extend(ids, { now: clock.now(), until: clock.now() + sessionLifeMs })
    } catch (cause) {
      report('sessions in use were not kept for longer', cause)
      flushIn(extendAgainMs)
      return false
    }
    for (const id of ids) waiting.delete(id)
    if (waiting.size > 0) flushIn(extendWithinMs)
    return true
  }

  function flushIn(delayMs: number): void {
    if (stopped) return
    cancel ??= clock.after(delayMs, () => {
      flushing = flush()
    })
  }

  return {
    async stop(): Promise<void> {
      stopped = true
      cancel?.()
      await flushing
      while (waiting.size > 0 && (await flush()));
    },
    used({ endsAt, ...session }: KeptSession): Session {
      const until = Math.min(clock.now() + sessionLifeMs, endsAt)
      if (until - session.expiresAt < extendAfterMs) return session
      waiting.add(session.sessionId)
      flushIn(extendWithinMs)
      return { ...session, expiresAt: until }
    },
  }
}

/** Forgets expired sessions now and every hour. Stopping waits for what is under way. */
export function pruneForEver(tables: SessionTables, { clock, report }: Keeping): () => Promise<void> {
  let cancel = (): void => undefined
  let pruning: Promise<void> = Promise.resolve()

  function prune(): void {
    cancel = clock.after(pruneEveryMs, prune)
    // Where it fails they say nobody all the same.
    pruning = tables.prune(clock.now()).catch((cause) => report('expired sessions were not forgotten', cause))
  }
  prune()

  return () => {
    cancel()
    return pruning
  }
}

interface Keeping {
  clock: Clock
  report: Report
}
