import { Refusal } from '@confab/protocol/refusal'
import { SQL } from 'bun'
import { hostsOf } from '../../../lib/database-hosts.ts'
import { placeOf } from '../../../lib/place-of.ts'
import { type Report, reportUncaught } from '../../../lib/report.ts'
import { DatabaseUnavailable } from '../database-unavailable.ts'
import { addressOf, certificatesOf } from './address.ts'
import { hasChangedNothing, isNul, isOfCopy, mayBeElsewhere, mayComeBack, reasonOf } from './failures.ts'
import { openWatchedPool } from './watched-pool.ts'

/**
 * A pool of connections to one database. A server that can't be reached, or is silent, is waited for within
 * `patienceMs`, and then it is a Refusal `overloaded` with a time to come back; a text with a NUL is
 * `invalid`. What was refused so may have been done, or be done once a frozen server goes on: it is never
 * acknowledged, and whoever asks again does it once, by its own key.
 *
 * A question is one statement, and so one snapshot and one round trip, and it answers as JSON: numbers come
 * as numbers, whole trees at once.
 */
export interface Postgres extends AsyncDisposable {
  /** At most. */
  readonly connections: number
  /**
   * The one value, named `answer`, that a statement selects; undefined where it is null or there is no row.
   * Where the connection breaks it is asked again, so what it changes must be the same when it is done twice.
   */
  ask<Answer>(text: string, values?: readonly Value[]): Promise<Answer | undefined>
  /** The rows of a statement, asked again only where the first time can have changed nothing. */
  rows<Row>(text: string, values?: readonly Value[]): Promise<Row[]>
  /** The same, and how many rows it read or changed. */
  result<Row>(text: string, values?: readonly Value[]): Promise<{ rows: Row[]; count: number }>
  /** Several statements, in one transaction, asked once. */
  script(text: string): Promise<void>
}

export type Value = string | number | boolean | null | Uint8Array

export interface PostgresBounds {
  connections: number
  /** A statement that takes longer is ended by the server. */
  statementMs: number
  connectMs: number
  /** How long a server that restarts, or says nothing, is waited for. */
  patienceMs: number
  /** After such a silence it is asked whether anybody is there, and so long that may take. */
  silentMs: number
}

const usualBounds: PostgresBounds = {
  connections: 10,
  statementMs: 10_000,
  connectMs: 5_000,
  patienceMs: 5_000,
  silentMs: 2_000,
}

const firstPauseMs = 20
const pauseMsMax = 500
const retryAfterMs = 2_000
/** What it takes from the server's ending a statement to our hearing of it. */
const endedLateMs = 2_000
/** The last question of somebody patient gets as much, however late it comes. */
const lastSilentMs = 500
/** How long each of several hosts has to say whether it takes writes. */
const seekMs = 1_000
/** A server that stays a copy, and refuses each of many statements, is not connected to anew for each. */
const renewEveryMs = 1_000
/** A standby refuses to answer. */
const timelineOfPrimary = 'SELECT substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) AS answer'

export interface PostgresOptions {
  url: string
  bounds?: Partial<PostgresBounds>
  report?: Report
}

/**
 * Connects once, to see that it can, to a server that takes writes: of several hosts the first such one, and
 * another once that has failed. Throws DatabaseUnavailable where there is none.
 */
export async function openPostgres(options: PostgresOptions): Promise<Postgres> {
  const { postgres, connect } = createPool(options)
  try {
    await connect()
  } catch (cause) {
    await postgres[Symbol.asyncDispose]()
    throw new DatabaseUnavailable(`${placeOf(options.url)} can't be used: ${reasonOf(cause)}`, {
      reason: 'unreachable',
      cause,
    })
  }
  return postgres
}

/** The same, of a server that may be away: it is connected to when something is asked. */
export const openPool = (options: PostgresOptions): Postgres => createPool(options).postgres

function createPool({ url, bounds: given = {}, report = reportUncaught }: PostgresOptions) {
  const bounds = { ...usualBounds, ...given }
  const tls = certificatesOf(url)
  const hosts = hostsOf(url)
  let host = 0
  const open = (connections = bounds.connections) => connectTo(host, connections)
  const connectTo = (at: number, connections: number) =>
    new SQL(addressOf(hosts[at] ?? url), {
      ...tls,
      max: connections,
      connectionTimeout: bounds.connectMs / 1_000,
      connection: {
        application_name: 'confab',
        statement_timeout: bounds.statementMs,
        lock_timeout: bounds.statementMs,
        // What is acknowledged is flushed, whatever the server's own setting.
        synchronous_commit: 'on',
        // A node whose machine is gone holds its locks for half a minute, and not for two hours.
        tcp_keepalives_idle: 10,
        tcp_keepalives_interval: 5,
        tcp_keepalives_count: 4,
      },
    })
  const pool = openWatchedPool(open)
  const withinMs = bounds.statementMs + endedLateMs
  /** The first failure is told, not every one. */
  let isDown = false

  async function patiently<Result>(
    work: (sql: SQL) => Promise<Result>,
    mayAskAgain: (cause: unknown) => boolean,
  ): Promise<Result> {
    const until = performance.now() + bounds.patienceMs
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, pauseMsMax)) {
      // Half of what is left to notice the silence, and half to make sure of it; all of it for who asks once.
      const leftMs = Math.max(lastSilentMs, (until - performance.now()) / 2)
      const silentMs = bounds.patienceMs === 0 ? bounds.silentMs : Math.min(bounds.silentMs, leftMs)
      const asked = pool.current
      try {
        const result = await pool.run(work, { silentMs, withinMs })
        isDown = false
        return result
      } catch (cause) {
        if (mayBeElsewhere(cause)) await seekPrimary(asked, isOfCopy(cause))
        if (!mayAskAgain(cause) || performance.now() + pauseMs > until) throw cause
        // Not all nodes at once.
        await Bun.sleep(pauseMs * (0.5 + Math.random() / 2))
      }
    }
  }

  let seeking: Promise<void> | undefined
  /**
   * Where the server fails or takes no writes, another of the hosts may,
   * or the same name leads elsewhere now.
   */
  function seekPrimary(asked: SQL, isCopy: boolean): Promise<void> {
    seeking ??= seek(asked, isCopy).finally(() => {
      seeking = undefined
    })
    return seeking
  }

  let renewedAt = Number.NEGATIVE_INFINITY
  function renew(): void {
    renewedAt = performance.now()
    pool.renew()
  }

  async function seek(asked: SQL, isCopy: boolean): Promise<void> {
    // What was asked of connections that are replaced says nothing of those there are now.
    if (isCopy && (asked !== pool.current || performance.now() - renewedAt < renewEveryMs)) return
    if (hosts.length === 1) return isCopy ? renew() : undefined
    const timelines = await Promise.all(hosts.map((_, at) => timelineOf(at)))
    // One that came back after another had taken over is on the earlier timeline.
    const latest = timelines.reduce((one, other) => (other > one ? other : one), '')
    const found = timelines.indexOf(latest)
    if (latest === '' || (found === host && !isCopy)) return
    host = found
    renew()
  }

  /** As eight digits; empty for who does not answer, or takes no writes. */
  async function timelineOf(at: number): Promise<string> {
    const sql = connectTo(at, 1)
    const { promise: silent, resolve } = Promise.withResolvers<string>()
    const timer = setTimeout(resolve, seekMs, '')
    const answer = ask<string>(sql, timelineOfPrimary, []).then(
      (timeline) => timeline ?? '',
      () => '',
    )
    const timeline = await Promise.race([answer, silent])
    clearTimeout(timer)
    sql.close({ timeout: 0 }).catch(() => undefined)
    return timeline
  }

  function refused(cause: unknown): unknown {
    if (isNul(cause)) return new Refusal('invalid', { detail: 'Text holds no NUL' })
    if (!mayComeBack(cause)) return cause
    if (!isDown) report(`${placeOf(url)} does not answer`, cause)
    isDown = true
    return new Refusal('overloaded', { detail: 'The database is away just now: try again', retryAfterMs })
  }

  async function ask<Answer>(sql: SQL, text: string, values: readonly Value[]) {
    const [row] = await sql.unsafe<{ answer: Answer | null }[]>(text, [...values])
    return row?.answer ?? undefined
  }

  async function result<Row>(sql: SQL, text: string, values: readonly Value[] = []) {
    const answer = await sql.unsafe<Row[] & { count: number | null }>(text, [...values])
    return { rows: [...answer], count: answer.count ?? 0 }
  }

  const throwRefused = (cause: unknown): never => {
    throw refused(cause)
  }
  const postgres: Postgres = {
    connections: bounds.connections,
    ask: <Answer>(text: string, values: readonly Value[] = []) =>
      patiently((sql) => ask<Answer>(sql, text, values), mayComeBack).catch(throwRefused),
    rows: async <Row>(text: string, values?: readonly Value[]) =>
      (await postgres.result<Row>(text, values)).rows,
    result: <Row>(text: string, values?: readonly Value[]) =>
      patiently((sql) => result<Row>(sql, text, values), hasChangedNothing).catch(throwRefused),
    async script(text) {
      // Each of them has the server's time; a server that is silent is noticed before.
      await pool
        .run((sql) => sql.unsafe(text), { silentMs: bounds.silentMs, withinMs: Infinity })
        .catch(throwRefused)
    },
    [Symbol.asyncDispose]: () => pool.close(),
  }
  const connect = async () => {
    if (hosts.length > 1) await seek(pool.current, false)
    await patiently((sql) => ask(sql, timelineOfPrimary, []), mayComeBack)
  }
  return { postgres, connect }
}
