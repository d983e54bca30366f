import type { Database } from 'bun:sqlite'
import { z } from 'zod'
import { seal } from '../../lib/seal.ts'
import {
  attemptsUsually,
  type DeadLetter,
  type Job,
  type JobKind,
  jobKinds,
  type NewJob,
} from '../../ports/queue.ts'
import { openedPayload } from './failed-job.ts'
import { inTransaction } from './transaction.ts'

const jobRow = z.object({
  num: z.number(),
  kind: z.enum(jobKinds),
  payload: z.instanceof(Uint8Array),
  failures: z.number(),
  attemptsMax: z.number(),
  addedAt: z.number(),
})
export const deadRow = z.object({
  num: z.number(),
  kind: z.enum(jobKinds),
  failures: z.number(),
  addedAt: z.number(),
  diedAt: z.number(),
  problem: z.string(),
})
const countsRow = z.object({ waiting: z.number(), dead: z.number() })
const ofKindRow = jobRow.pick({ num: true, payload: true })
const dueRow = z.object({ dueAt: z.number() })

/** Jobs that are opened in one go: a millisecond or two. */
export const forgottenAtOnce = 200
/** Long enough for an administrator to come back from a holiday. */
export const deadKeptMs = 30 * 24 * 3_600_000

/** A job that is due, and how often it may fail in all. */
export type DueJob = Job & { num: number; attemptsMax: number }

/** The jobs in their table, payloads sealed with the key. Each change is one statement, and so one flush. */
export function jobTable(database: Database, key: Uint8Array) {
  const insert = database.prepare<unknown, [JobKind, string | null, Uint8Array, number, number, number]>(
    `INSERT INTO jobs (kind, key, payload, attempts_max, added_at, due_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const due = database.prepare<unknown, [JobKind, number, number]>(
    `SELECT num, kind, payload, failures, attempts_max AS attemptsMax, added_at AS addedAt FROM jobs
     WHERE kind = ? AND due_at <= ? AND died_at IS NULL ORDER BY due_at, num LIMIT ?`,
  )
  const nextDue = database.prepare<unknown, [JobKind, number]>(
    `SELECT due_at AS dueAt FROM jobs
     WHERE kind = ? AND due_at > ? AND died_at IS NULL ORDER BY due_at LIMIT 1`,
  )
  const ofKind = database.prepare<unknown, [JobKind, number, number]>(
    'SELECT num, payload FROM jobs WHERE kind = ? AND num > ? ORDER BY num LIMIT ?',
  )
  const erase = database.prepare<unknown, [number]>('DELETE FROM jobs WHERE num = ?')
  const postpone = database.prepare<unknown, [number, string, number]>(
    'UPDATE jobs SET failures = failures + 1, due_at = ?, problem = ? WHERE num = ?',
  )
  const bury = database.prepare<unknown, [number, string, number]>(
    'UPDATE jobs SET failures = failures + 1, died_at = ?, problem = ? WHERE num = ?',
  )
  const forget = database.prepare<unknown, [number]>('DELETE FROM jobs WHERE died_at < ?')
  const dead = database.prepare<unknown, [number, number]>(
    `SELECT num, kind, failures, added_at AS addedAt, died_at AS diedAt, problem FROM jobs
     WHERE died_at IS NOT NULL
       AND (died_at, num) < (SELECT died_at, num FROM jobs WHERE num = ?1 UNION ALL SELECT 1e15, 0 LIMIT 1)
     ORDER BY died_at DESC, num DESC LIMIT ?2`,
  )
  // A key that is in use again meanwhile stays with the newer job.
  const revive = database.prepare<unknown, [number, number]>(
    `UPDATE jobs SET died_at = NULL, problem = NULL, failures = 0, due_at = ?, key = NULL
     WHERE num = ? AND died_at IS NOT NULL`,
  )
  const discard = database.prepare<unknown, [number]>(
    'DELETE FROM jobs WHERE num = ? AND died_at IS NOT NULL',
  )
  const counts = database.prepare<unknown, []>(
    'SELECT count(*) FILTER (WHERE died_at IS NULL) AS waiting, count(died_at) AS dead FROM jobs',
  )

  function open(
    { payload: sealed, failures, ...row }: z.infer<typeof jobRow>,
    now: number,
  ): DueJob | undefined {
    const payload = openedPayload(key, sealed, row.kind)
    if (payload !== undefined) return { ...row, id: `${row.num}`, payload, attempt: failures + 1 }
    bury.run(now, 'its payload was sealed with another SECRET', row.num)
    return undefined
  }

  return {
    add({ kind, payload, key: jobKey, dueAt, attemptsMax = attemptsUsually }: NewJob, now: number): void {
      insert.run(kind, jobKey ?? null, seal(key, payload, kind), attemptsMax, now, dueAt ?? now)
    },

    /** A payload that can't be opened any more makes a dead letter, and the next ones step up. */
    due(kind: JobKind, now: number, limit: number): DueJob[] {
      for (;;) {
        const rows = due.all(kind, now, limit).map((row) => jobRow.parse(row))
        const opened = rows.flatMap((row) => open(row, now) ?? [])
        if (opened.length === rows.length) return opened
      }
    },
    nextDueAt(kind: JobKind, now: number): number | undefined {
      const row = nextDue.get(kind, now)
      return row ? dueRow.parse(row).dueAt : undefined
    },

    done: (num: number): void => void erase.run(num),
    postpone: (num: number, dueAt: number, problem: string): void => void postpone.run(dueAt, problem, num),
    bury(num: number, now: number, problem: string): void {
      bury.run(now, problem, num)
      forget.run(now - deadKeptMs)
    },

    /**
     * Erases those that are meant among the next ones after a number, and answers the last number that it looked
     * at; undefined at the end. Opens each, since nothing tells whose it is: 4 µs a job.
     */
    forget(kind: JobKind, isMeant: (payload: string) => boolean, after: number): number | undefined {
      const rows = ofKind.all(kind, after, forgottenAtOnce).map((row) => ofKindRow.parse(row))
      const meant = rows.filter(({ payload: sealed }) => {
        const payload = openedPayload(key, sealed, kind)
        return payload !== undefined && isMeant(payload)
      })
      if (meant.length > 0) inTransaction(database, () => meant.forEach(({ num }) => void erase.run(num)))
      return rows.at(-1)?.num
    },

    dead: (before: number, limit: number): DeadLetter[] =>
      dead.all(before, limit).map((row) => {
        const { num, failures, ...letter } = deadRow.parse(row)
        return { id: `${num}`, attempts: failures, ...letter }
      }),
    revive: (num: number, now: number): boolean => revive.run(now, num).changes > 0,
    discard: (num: number): boolean => discard.run(num).changes > 0,
    counts: () => countsRow.parse(counts.get()),

    close(): void {
      for (const statement of [
        insert,
        due,
        nextDue,
        ofKind,
        erase,
        postpone,
        bury,
        forget,
        dead,
        revive,
        discard,
        counts,
      ])
        statement.finalize()
    },
  }
}
