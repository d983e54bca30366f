import { SQL } from 'bun'
import { DatabaseUnavailable } from '../database-unavailable.ts'

/**
 * A pool of connections to one database. A question is one statement, and so one snapshot and one round trip,
 * and it answers as JSON: numbers come as numbers, whole trees at once.
 */
export interface Postgres extends AsyncDisposable {
  /**
   * The one value, named `answer`, that a statement selects; undefined where it is null or there is no row.
   * Where the connection breaks it is asked again within `patienceMs`, so what it changes must be the same
   * when it is done twice.
   */
  ask<Answer>(text: string, values?: readonly Value[]): Promise<Answer | undefined>
  /** The rows of a statement, asked once. */
  rows<Row>(text: string, values?: readonly Value[]): Promise<Row[]>
  /** Several statements, in one transaction. */
  script(text: string): Promise<void>
}

export type Value = string | number | boolean | null | Uint8Array

export interface PostgresBounds {
  connections: number
  /** A statement that takes longer is ended by the server. */
  statementMs: number
  connectMs: number
  /** How long a server that restarts is waited for. */
  patienceMs: number
}

const usualBounds: PostgresBounds = {
  connections: 10,
  statementMs: 10_000,
  connectMs: 5_000,
  patienceMs: 5_000,
}

const firstPauseMs = 20
const pauseMsMax = 500

/** Connects once, to see that it can. Throws DatabaseUnavailable where it can't. */
export async function openPostgres({
  url,
  bounds: given = {},
}: {
  url: string
  bounds?: Partial<PostgresBounds>
}): Promise<Postgres> {
  const bounds = { ...usualBounds, ...given }
  const sql = new SQL(url, {
    max: bounds.connections,
    connectionTimeout: bounds.connectMs / 1_000,
    connection: {
      application_name: 'confab',
      statement_timeout: bounds.statementMs,
      lock_timeout: bounds.statementMs,
      // What is acknowledged is flushed, whatever the server's own setting.
      synchronous_commit: 'on',
    },
  })

  async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
    const until = performance.now() + bounds.patienceMs
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, pauseMsMax)) {
      try {
        return await work()
      } catch (cause) {
        if (!mayComeBack(cause) || performance.now() + pauseMs > until) throw cause
        // Not all nodes at once.
        await Bun.sleep(pauseMs * (0.5 + Math.random() / 2))
      }
    }
  }

  async function first<Answer>(text: string, values: readonly Value[]) {
    const [row] = await sql.unsafe<{ answer: Answer | null }[]>(text, [...values])
    return row?.answer ?? undefined
  }

  const postgres: Postgres = {
    ask: (text, values = []) => patiently(() => first(text, values)),
    async rows<Row>(text: string, values: readonly Value[] = []) {
      return [...(await sql.unsafe<Row[]>(text, [...values]))]
    },
    async script(text) {
      await sql.unsafe(text)
    },
    async [Symbol.asyncDispose]() {
      await sql.close({ timeout: 2 })
    },
  }
  try {
    await first('SELECT 1 AS answer', [])
  } catch (cause) {
    await postgres[Symbol.asyncDispose]()
    throw new DatabaseUnavailable(`${placeOf(url)} can't be used: ${reasonOf(cause)}`, {
      reason: 'unreachable',
      cause,
    })
  }
  return postgres
}

/** deadlock_detected and serialization_failure: the server has undone it, and the next time it may pass. */
const undone = new Set(['40P01', '40001'])
/** admin_shutdown, crash_shutdown, cannot_connect_now. */
const restarting = new Set(['57P01', '57P02', '57P03'])

function mayComeBack(cause: unknown): boolean {
  if (!(cause instanceof SQL.PostgresError)) return false
  const { errno, code } = cause
  if (errno !== undefined && (undone.has(errno) || restarting.has(errno))) return true
  return code.startsWith('ERR_POSTGRES_CONNECTION_')
}

/** Where it is, without the password. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url)
  return `the database ${pathname.slice(1)} at ${host}`
}

const reasonOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? ''
