import type { Clock } from '../../../lib/clock.ts'
import { createListeners } from '../../../lib/listeners.ts'
import type { Report } from '../../../lib/report.ts'
import { DatabaseUnavailable } from '../database-unavailable.ts'
import type { Postgres } from './connection.ts'
import { readEpoch } from './epoch.ts'
import { bytesAt, lineageOfPrimary } from './history.ts'
import { migrate } from './migrate.ts'

/**
 * Looks once a second which server answers. After a failover it is another timeline, and where commits may
 * have been lost with the old one this begins a new epoch: once, whichever nodes notice. A mere restart, or a
 * failover to a synchronous standby, keeps the epoch.
 */
export interface HistoryWatch extends AsyncDisposable {
  readonly epoch: string
  /** Epoch and timeline, as the last look saw them. */
  readonly lineage: string
  /**
   * Whether each commit waits for a standby, so that a failover to it loses nothing that was acknowledged.
   */
  readonly isGuarded: boolean
  /** For how long the primary's log has been beyond a place, by the looks that were taken; 0 if it isn't. */
  behindMs(place: number): number
  /** Tells of each new epoch. Answers how to be told no more. */
  onNewEpoch(listener: (epoch: string) => void): () => void
}

/** What is kept in the row `history`. */
interface History {
  system: string
  timeline: string
  isGuarded: boolean
}

interface Look extends History {
  epoch: string
  lineage: string
  /** How far the log is written. */
  place: number
  /** The row as it is kept: null where there is none yet. */
  kept: string | null
}

const lookEveryMs = 1_000
/** A minute of looks: a copy that is further behind is so far behind. */
const looksKept = 60

const look = `SELECT json_build_object(
  'system', (SELECT system_identifier::text FROM pg_control_system()),
  'timeline', substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8),
  'isGuarded', current_setting('synchronous_standby_names') <> '',
  'place', ${bytesAt('pg_current_wal_flush_lsn()')},
  'lineage', ${lineageOfPrimary},
  'epoch', (SELECT value FROM meta WHERE name = 'epoch'),
  'kept', (SELECT value FROM meta WHERE name = 'history')) AS answer`

/**
 * Of the nodes that notice together one finds the row as it was; the epoch changes with it, or not at all.
 */
const noteAndRenew = `WITH noted AS (
    UPDATE meta SET value = $2::text WHERE name = 'history' AND value = $1::text RETURNING 1)
  UPDATE meta SET value = $3::text WHERE name = 'epoch' AND EXISTS (SELECT 1 FROM noted)`

/** Throws DatabaseUnavailable where a standby is required and none is given. */
export async function openHistoryWatch({
  postgres,
  requiresStandby = false,
  clock,
  report,
}: {
  postgres: Postgres
  requiresStandby?: boolean
  clock: Clock
  report: Report
}): Promise<HistoryWatch> {
  const listeners = createListeners<string>({ name: 'a new epoch', report })
  const places: { at: number; place: number }[] = []
  // What it looks at is kept in the tables.
  await migrate(postgres)
  await readEpoch(postgres)
  let last = await settled()
  if (requiresStandby && !last.isGuarded)
    throw new DatabaseUnavailable(
      'DATABASE_STANDBY is required, and no synchronous standby is given: synchronous_standby_names is empty',
      { reason: 'unreachable' },
    )

  async function settled(known?: Look): Promise<Look> {
    const now = await postgres.ask<Look>(look)
    if (now === undefined) throw new Error('a look at the database answered nothing')
    places.push({ at: clock.elapsed(), place: now.place })
    if (places.length > looksKept) places.shift()
    return (await settle(now, known)) ? settled(now) : now
  }

  /** True where something was changed, so that it has to be looked again. */
  async function settle(now: Look, known: Look | undefined): Promise<boolean> {
    const { system, timeline, isGuarded, kept } = now
    const own = JSON.stringify({ system, timeline, isGuarded } satisfies History)
    if (kept === own) return lostUnseen(now, known)
    if (kept === null) {
      await postgres.rows("INSERT INTO meta VALUES ('history', $1::text) ON CONFLICT DO NOTHING", [own])
      return true
    }
    const before: History = JSON.parse(kept)
    const isSame = before.system === system && before.timeline === timeline
    // What this node saw last counts too: that the guard was taken away may not have reached the standby.
    const mayHaveLost = before.system !== system || !before.isGuarded || known?.isGuarded === false
    if (isSame || !mayHaveLost)
      await postgres.rows("UPDATE meta SET value = $2::text WHERE name = 'history' AND value = $1::text", [
        kept,
        own,
      ])
    else await postgres.rows(noteAndRenew, [kept, own, Bun.randomUUIDv7()])
    return true
  }

  /** Another node has noted the failover, and did not know what this one knows: that nothing was guarded. */
  async function lostUnseen(now: Look, known: Look | undefined): Promise<boolean> {
    if (!known || known.isGuarded || known.timeline === now.timeline || known.epoch !== now.epoch)
      return false
    await postgres.rows("UPDATE meta SET value = $2::text WHERE name = 'epoch' AND value = $1::text", [
      known.epoch,
      Bun.randomUUIDv7(),
    ])
    return true
  }

  async function lookAgain(): Promise<void> {
    const before = last
    try {
      last = await settled(before)
    } catch {
      // The pool has told that the database is away.
      return
    }
    if (last.isGuarded !== before.isGuarded)
      report(
        last.isGuarded ? 'commits wait for a standby now' : 'commits wait for no standby any more',
        new Error(`synchronous_standby_names is ${last.isGuarded ? 'set' : 'empty'}`),
      )
    if (last.timeline !== before.timeline)
      report(
        `the database is on timeline ${Number.parseInt(last.timeline, 16)} now: another server took over`,
        new Error(last.epoch === before.epoch ? 'nothing acknowledged was lost' : 'commits may be lost'),
      )
    if (last.epoch !== before.epoch) listeners.tell(last.epoch)
  }

  let looking = Promise.resolve()
  let cancel = (): void => undefined
  let isClosed = false
  function lookLater(): void {
    // Not all nodes at once.
    cancel = clock.after(lookEveryMs * (0.75 + Math.random() / 2), () => {
      looking = lookAgain().finally(() => {
        if (!isClosed) lookLater()
      })
    })
  }
  lookLater()

  return {
    get epoch() {
      return last.epoch
    },
    get lineage() {
      return last.lineage
    },
    get isGuarded() {
      return last.isGuarded
    },
    behindMs(place) {
      const beyond = places.find((one) => one.place > place)
      return beyond === undefined ? 0 : clock.elapsed() - beyond.at
    },
    onNewEpoch: (listener) => listeners.add(listener),
    async [Symbol.asyncDispose]() {
      isClosed = true
      cancel()
      await looking
    },
  }
}
