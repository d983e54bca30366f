import { z } from 'zod'
import { type DeadLetter, type JobKind, jobKinds } from '../../../ports/queue.ts'
import { openedPayload } from '../failed-job.ts'
import {
  changedByOthers,
  type DueJob,
  deadKeptMs,
  deadRow,
  forgottenAtOnce,
  type HandedJob,
  handedRow,
  inOrder,
  isOfKnownKind,
} from '../job-table.ts'
import type { Postgres } from './connection.ts'
import { postgresStatements } from './statements.ts'

const number = z.coerce.number()
const jobRow = z.object({
  num: number,
  kind: z.enum(jobKinds),
  payload: z.instanceof(Uint8Array),
  failures: number,
  attemptsMax: number,
  addedAt: number,
})

const ofKindRow = jobRow.pick({ num: true, payload: true })

const handedFromRow = handedRow.extend({ num: number, dueAt: number })
const arrayOf = (nums: readonly number[]): string => `{${nums.join(',')}}`

/** The jobs in their table, payloads sealed with the key. Each change is one statement. */
export function jobTable(postgres: Postgres, key: Uint8Array) {
  /** The rows that a statement changes, counted. */
  async function changed(text: string, values: (string | number)[]): Promise<number> {
    return (await postgres.rows(`${text} RETURNING 1`, values)).length
  }

  async function bury(num: number, now: number, problem: string): Promise<void> {
    await changed('UPDATE jobs SET failures = failures + 1, died_at = $1, problem = $2 WHERE num = $3', [
      now,
      problem,
      num,
    ])
    await changed('DELETE FROM jobs WHERE died_at < $1', [now - deadKeptMs])
  }

  async function open({ payload: sealed, failures, ...row }: z.infer<typeof jobRow>, now: number) {
    const payload = openedPayload(key, sealed, row.kind)
    if (payload !== undefined)
      return [{ ...row, id: `${row.num}`, payload, attempt: failures + 1 } satisfies DueJob]
    await bury(row.num, now, 'its payload was sealed with another SECRET')
    return []
  }

  return {
    ...changedByOthers(postgresStatements(postgres), key),

    /** Takes what is due until a time: nobody else is given it before. */
    async take(kind: JobKind, { now, until, limit }: { now: number; until: number; limit: number }) {
      const rows = await postgres.rows(
        `WITH taken AS (
          UPDATE jobs SET due_at = $3 WHERE num IN (
            SELECT num FROM jobs WHERE kind = $1 AND due_at <= $2 AND died_at IS NULL
            ORDER BY due_at, num LIMIT $4 FOR UPDATE SKIP LOCKED) RETURNING *)
        SELECT num, kind, payload, failures, attempts_max AS "attemptsMax", added_at AS "addedAt"
        FROM taken ORDER BY added_at, num`,
        [kind, now, until, limit],
      )
      const jobs = await Promise.all(rows.map((row) => open(jobRow.parse(row), now)))
      return { jobs: jobs.flat(), isFull: rows.length === limit }
    },
    async hold(nums: readonly number[], until: number) {
      await changed('UPDATE jobs SET due_at = $1 WHERE num = ANY($2::bigint[])', [until, arrayOf(nums)])
    },
    async hand({ now, until, limit }: { now: number; until: number; limit: number }): Promise<HandedJob[]> {
      const rows = await postgres.rows(
        `UPDATE jobs SET handed_until = $2 WHERE num IN (
          SELECT num FROM jobs WHERE handed_until <= $1 AND due_at <= $1 AND died_at IS NULL AND ${isOfKnownKind}
          ORDER BY handed_until, due_at, num LIMIT $3 FOR UPDATE SKIP LOCKED)
        RETURNING num, kind, due_at AS "dueAt"`,
        [now, until, limit],
      )
      return inOrder(rows.map((row) => handedFromRow.parse(row)))
    },
    handed: (nums: readonly number[], { was, until }: { was: number; until: number }) =>
      changed('UPDATE jobs SET handed_until = $1 WHERE num = ANY($2::bigint[]) AND handed_until = $3', [
        until,
        arrayOf(nums),
        was,
      ]),
    unhand: (kind: JobKind) =>
      changed('UPDATE jobs SET handed_until = 0 WHERE kind = $1 AND handed_until > 0 AND died_at IS NULL', [
        kind,
      ]),
    async claim({ num, dueAt }: HandedJob, { now, until }: { now: number; until: number }) {
      const [row] = await postgres.rows(
        `UPDATE jobs SET due_at = $4 WHERE num = $1 AND (due_at = $2 OR due_at <= $3) AND died_at IS NULL
        RETURNING num, kind, payload, failures, attempts_max AS "attemptsMax", added_at AS "addedAt"`,
        [num, dueAt, now, until],
      )
      if (row) return (await open(jobRow.parse(row), now))[0]
      await changed('UPDATE jobs SET handed_until = 0 WHERE num = $1', [num])
      return undefined
    },
    async dueCount(kind: JobKind, now: number): Promise<number> {
      const count = await postgres.ask<number>(
        `SELECT to_json(count(*)) AS answer FROM jobs
          WHERE kind = $1 AND due_at <= $2 AND died_at IS NULL`,
        [kind, now],
      )
      return count ?? 0
    },
    async nextDueAt(kind: JobKind, now: number): Promise<number | undefined> {
      return postgres.ask<number>(
        `SELECT to_json(min(due_at)) AS answer FROM jobs
          WHERE kind = $1 AND due_at > $2 AND died_at IS NULL`,
        [kind, now],
      )
    },

    done: (num: number) => changed('DELETE FROM jobs WHERE num = $1', [num]),
    postpone: (num: number, dueAt: number, problem: string) =>
      changed(
        'UPDATE jobs SET failures = failures + 1, due_at = $1, handed_until = 0, problem = $2 WHERE num = $3',
        [dueAt, problem, num],
      ),
    bury,

    /** Opens each, since nothing tells whose it is: 4 µs a job. */
    async forget(kind: JobKind, isMeant: (payload: string) => boolean): Promise<void> {
      for (let after: number | undefined = 0; after !== undefined; ) {
        const rows: unknown[] = await postgres.rows(
          'SELECT num, payload FROM jobs WHERE kind = $1 AND num > $2 ORDER BY num LIMIT $3',
          [kind, after, forgottenAtOnce],
        )
        const jobs = rows.map((row) => ofKindRow.parse(row))
        const meant = jobs.filter(({ payload: sealed }) => {
          const payload = openedPayload(key, sealed, kind)
          return payload !== undefined && isMeant(payload)
        })
        const nums = meant.map(({ num }) => num)
        if (nums.length > 0) await changed('DELETE FROM jobs WHERE num = ANY($1::bigint[])', [arrayOf(nums)])
        after = jobs.at(-1)?.num
      }
    },

    async dead(before: number, limit: number): Promise<DeadLetter[]> {
      const letters = await postgres.ask<unknown[]>(
        `SELECT json_agg(r) AS answer FROM (
          SELECT num, kind, failures, added_at AS "addedAt", died_at AS "diedAt", problem FROM jobs
          WHERE died_at IS NOT NULL AND ($1 < 0 OR
            (died_at, num) < (SELECT coalesce(max(died_at), $3), $1::bigint FROM jobs WHERE num = $1))
          ORDER BY died_at DESC, num DESC LIMIT $2::bigint) r`,
        [before, limit, Number.MAX_SAFE_INTEGER],
      )
      return (letters ?? []).map((letter) => {
        const { num, failures, ...row } = deadRow.parse(letter)
        return { id: `${num}`, attempts: failures, ...row }
      })
    },
    async counts(): Promise<{ waiting: number; dead: number }> {
      const counts = await postgres.ask<{ waiting: number; dead: number }>(
        `SELECT json_build_object('waiting', count(*) FILTER (WHERE died_at IS NULL),
          'dead', count(died_at)) AS answer FROM jobs`,
      )
      return counts ?? { waiting: 0, dead: 0 }
    },
  }
}
