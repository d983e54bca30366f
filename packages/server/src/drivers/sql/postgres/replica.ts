import type { Clock } from '../../../lib/clock.ts'
import type { Report } from '../../../lib/report.ts'
import type { Copy } from '../replicated-pages.ts'
import type { TextSeal } from '../text-seal.ts'
import { openPool } from './connection.ts'
import { bytesAt, lineageOfCopy } from './history.ts'
import type { HistoryWatch } from './history-watch.ts'
import { pageReads } from './reads/page-reads.ts'

/**
 * A read replica: a hot standby of the primary, asked for pages alone. It may be away at the start, or at any
 * time. It is fit while a look, one a second, finds that it is a standby of this history and not far behind.
 */
export interface Replica extends Copy, AsyncDisposable {
  /** How far it was behind at the last look, in milliseconds; Infinity where it is of no use. */
  readonly behindMs: number
}

export interface ReplicaBounds {
  statementMs: number
  connectMs: number
  silentMs: number
  /** One that is further behind has most of what is asked for still before it. */
  behindMsMax: number
}

/** Nobody waits for a replica: the primary is asked instead. */
const usualBounds: ReplicaBounds = {
  statementMs: 2_000,
  connectMs: 2_000,
  silentMs: 500,
  behindMsMax: 10_000,
}
const lookEveryMs = 1_000
const lookEveryMsMax = 10_000

const look = `SELECT json_build_object('isCopy', pg_is_in_recovery(), 'lineage', ${lineageOfCopy},
  'place', ${bytesAt('pg_last_wal_replay_lsn()')}) AS answer`

/** Begins to look, and waits for nothing. Throws DatabaseUnavailable where a certificate can't be read. */
export function openReplica({
  url,
  name,
  connections,
  texts,
  history,
  clock,
  report,
  bounds = usualBounds,
}: {
  url: string
  /** For the log. */
  name: string
  connections: number
  texts: TextSeal
  history: Pick<HistoryWatch, 'lineage' | 'behindMs'>
  clock: Clock
  report: Report
  bounds?: ReplicaBounds
}): Replica {
  const { behindMsMax, ...ofPool } = bounds
  // What fails is told once by the pool, and by this one where it is no failure.
  const postgres = openPool({ url, bounds: { ...ofPool, patienceMs: 0, connections }, report })
  const pages = pageReads(postgres, texts, lineageOfCopy)
  let behindMs = Number.POSITIVE_INFINITY
  let told = ''
  let pauseMs = lookEveryMs
  let isClosed = false
  let cancel = (): void => undefined

  /** Why it is of no use, or how far it is behind. */
  async function lookAt(): Promise<string | number> {
    const now = await postgres.ask<{ isCopy: boolean; lineage: string | null; place: number | null }>(look)
    if (!now?.isCopy) return 'it is no replica: it takes writes'
    if (now.lineage !== history.lineage) return 'it is of another history than the primary'
    return history.behindMs(now.place ?? 0)
  }

  async function lookOnce(): Promise<void> {
    // The pool has told why it can't be asked.
    const found = await lookAt().catch(() => '')
    if (typeof found === 'string') behindMs = Number.POSITIVE_INFINITY
    else behindMs = found
    const why = typeof found === 'string' ? found : found > behindMsMax ? 'it is far behind' : ''
    if (why !== told && why !== '') report(`${name} is left out`, new Error(why))
    told = why
    pauseMs = found === '' ? Math.min(2 * pauseMs, lookEveryMsMax) : lookEveryMs
  }

  let looking = lookOnce().finally(lookLater)
  function lookLater(): void {
    if (isClosed) return
    // Not all nodes at once.
    cancel = clock.after(pauseMs * (0.5 + Math.random() / 2), () => {
      looking = lookOnce().finally(lookLater)
    })
  }

  return {
    get isFit() {
      return behindMs <= behindMsMax
    },
    get behindMs() {
      return behindMs
    },
    history: pages.history,
    events: pages.events,
    async [Symbol.asyncDispose]() {
      isClosed = true
      cancel()
      await looking
      await postgres[Symbol.asyncDispose]()
    },
  }
}
