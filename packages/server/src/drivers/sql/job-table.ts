import type { Database } from 'bun:sqlite'
import { z } from 'zod'
import { seal } from '../../lib/seal.ts'
import type { AuditEntry } from '../../ports/audit-entry.ts'
import {
  attemptsUsually,
  type DeadLetter,
  type Job,
  type JobKind,
  jobKinds,
  type NewJob,
} from '../../ports/queue.ts'
import { openedPayload } from './failed-job.ts'
import { type Statements, sqliteStatements } from './statements.ts'
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
  kind: z.string(),
  failures: z.number(),
  addedAt: z.number(),
  diedAt: z.number(),
  problem: z.string(),
})
const countsRow = z.object({ waiting: z.number(), dead: z.number() })
const ofKindRow = jobRow.pick({ num: true, payload: true })
const dueRow = z.object({ dueAt: z.number() })
export const handedRow = z.object({ num: z.number(), kind: z.enum(jobKinds), dueAt: z.number() })
export type HandedJob = z.infer<typeof handedRow>
/** Those of a newer version are for its nodes to hand out: this one has no queue for them. */
export const isOfKnownKind = `kind IN (${jobKinds.map((kind) => `'${kind}'`).join(', ')})`
const countRow = z.object({ count: z.number() })

/** Jobs that are opened in one go: a millisecond or two. */
export const forgottenAtOnce = 200
/** Long enough for an administrator to come back from a holiday. */
export const deadKeptMs = 30 * 24 * 3_600_000

/** A job that is due, and how often it may fail in all. */
export type DueJob = Job & { num: number; attemptsMax: number }

/** The jobs in their table, payloads sealed with the key. Each change is one statement, and so one flush. */
export function jobTable(database: Database, key: Uint8Array) {
  const statements = sqliteStatements(database)
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
    'UPDATE jobs SET failures = failures + 1, due_at = ?, handed_until = 0, problem = ? WHERE num = ?',
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
  const counts = database.prepare<unknown, []>(
    'SELECT count(*) FILTER (WHERE died_at IS NULL) AS waiting, count(died_at) AS dead FROM jobs',
  )

  const hand = database.prepare<unknown, [number, number, number]>(
    `UPDATE jobs SET handed_until = ?2 WHERE num IN (
       SELECT num FROM jobs WHERE handed_until <= ?1 AND due_at <= ?1 AND died_at IS NULL AND ${isOfKnownKind}
       ORDER BY handed_until, due_at, num LIMIT ?3) RETURNING num, kind, due_at AS dueAt`,
  )
  const handed = database.prepare<unknown, [number, number, number]>(
    'UPDATE jobs SET handed_until = ? WHERE num = ? AND handed_until = ?',
  )
  const handAnew = database.prepare<unknown, [number]>('UPDATE jobs SET handed_until = 0 WHERE num = ?')
  const unhand = database.prepare<unknown, [JobKind]>(
    'UPDATE jobs SET handed_until = 0 WHERE kind = ? AND handed_until > 0 AND died_at IS NULL',
  )
  const claim = database.prepare<unknown, [number, number, number, number]>(
    `UPDATE jobs SET due_at = ?4 WHERE num = ?1 AND (due_at = ?2 OR due_at <= ?3) AND died_at IS NULL
     RETURNING num, kind, payload, failures, attempts_max AS attemptsMax, added_at AS addedAt`,
  )
  const hold = database.prepare<unknown, [number, number]>('UPDATE jobs SET due_at = ? WHERE num = ?')
  const dueCount = database.prepare<unknown, [JobKind, number]>(
    'SELECT count(*) AS count FROM jobs WHERE kind = ? AND due_at <= ? AND died_at IS NULL',
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

  /**
   * Erases those that are meant among the next ones after a number; answers the last that it looked at,
   * if any.
   */
  function forgetSome(
    kind: JobKind,
    isMeant: (payload: string) => boolean,
    after: number,
  ): number | undefined {
    const rows = ofKind.all(kind, after, forgottenAtOnce).map((row) => ofKindRow.parse(row))
    const meant = rows.filter(({ payload: sealed }) => {
      const payload = openedPayload(key, sealed, kind)
      return payload !== undefined && isMeant(payload)
    })
    if (meant.length > 0) inTransaction(database, () => meant.forEach(({ num }) => void erase.run(num)))
    return rows.at(-1)?.num
  }

  return {
    ...changedByOthers(statements, key),

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

    hand({ now, until, limit }: { now: number; until: number; limit: number }): HandedJob[] {
      return inOrder(hand.all(now, until, limit).map((row) => handedRow.parse(row)))
    },
    handed(nums: readonly number[], { was, until }: { was: number; until: number }): void {
      inTransaction(database, () => {
        for (const num of nums) handed.run(until, num, was)
      })
    },
    unhand: (kind: JobKind): void => void unhand.run(kind),
    claim({ num, dueAt }: HandedJob, { now, until }: { now: number; until: number }): DueJob | undefined {
      const row = claim.get(num, dueAt, now, until)
      if (row) return open(jobRow.parse(row), now)
      handAnew.run(num)
      return undefined
    },
    hold(nums: readonly number[], until: number): void {
      inTransaction(database, () => {
        for (const num of nums) hold.run(until, num)
      })
    },
    dueCount: (kind: JobKind, now: number): number => countRow.parse(dueCount.get(kind, now)).count,

    /**
     * Opens each, since nothing tells whose it is: 4 µs a job, in batches, so that others have their turn.
     */
    async forget(kind: JobKind, isMeant: (payload: string) => boolean): Promise<void> {
      let after = forgetSome(kind, isMeant, 0)
      while (after !== undefined) {
        await new Promise<void>((resolve) => setImmediate(resolve))
        after = forgetSome(kind, isMeant, after)
      }
    },

    dead: (before: number, limit: number): DeadLetter[] =>
      dead.all(before, limit).map((row) => {
        const { num, failures, ...letter } = deadRow.parse(row)
        return { id: `${num}`, attempts: failures, ...letter }
      }),
    counts: () => countsRow.parse(counts.get()),

    close(): void {
      for (const statement of [
        due,
        nextDue,
        ofKind,
        erase,
        postpone,
        bury,
        forget,
        dead,
        counts,
        hand,
        handed,
        handAnew,
        unhand,
        claim,
        hold,
        dueCount,
      ])
        statement.finalize()
    },
  }
}

/** What is done to jobs by others than who works at them, on either engine. */
export const changedByOthers = (statements: Pick<Statements, 'change'>, key: Uint8Array) => ({
  async add(
    { kind, payload, key: jobKey, dueAt, attemptsMax = attemptsUsually, noted }: NewJob,
    now: number,
  ) {
    await statements.change(
      `INSERT INTO jobs (kind, key, payload, attempts_max, added_at, due_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT DO NOTHING`,
      [kind, jobKey ?? null, seal(key, payload, kind), attemptsMax, now, dueAt ?? now],
      noted,
    )
  },
  // A key that is in use again meanwhile stays with the newer job.
  async revive(num: number, now: number, noted?: AuditEntry): Promise<boolean> {
    const changed = await statements.change(
      `UPDATE jobs SET died_at = NULL, problem = NULL, failures = 0, due_at = ?1, handed_until = 0, key = NULL
        WHERE num = ?2 AND died_at IS NOT NULL`,
      [now, num],
      noted,
    )
    return changed > 0
  },
  async discard(num: number, noted?: AuditEntry): Promise<boolean> {
    const text = 'DELETE FROM jobs WHERE num = ?1 AND died_at IS NOT NULL'
    return (await statements.change(text, [num], noted)) > 0
  },
})

/** What a statement changes it answers in whatever order. */
export const inOrder = (jobs: HandedJob[]): HandedJob[] =>
  jobs.sort((a, b) => a.dueAt - b.dueAt || a.num - b.num)
