import type { Clock } from '../../lib/clock.ts'
import type { AuditEntry } from '../../ports/audit-entry.ts'
import type { DeadLetter, JobKind, NewJob, Queue } from '../../ports/queue.ts'

/** How long a worker rests when the database itself fails, a full disk for example. */
export const restMs = 5_000

/** SQLite answers at once, PostgreSQL later. */
export type Soon<Value> = Value | Promise<Value>

/** What can be said of jobs in a table without working at them. */
export interface JobRows {
  add(job: NewJob, now: number): Soon<void>
  dead(before: number, limit: number): Soon<DeadLetter[]>
  revive(num: number, now: number, noted?: AuditEntry): Soon<boolean>
  discard(num: number, noted?: AuditEntry): Soon<boolean>
  forget(kind: JobKind, isMeant: (payload: string) => boolean): Soon<void>
  counts(): Soon<{ waiting: number; dead: number }>
}

/** All of a queue but the work, whoever hands the jobs out; `wake` is called when one may have come due. */
export function keptQueue({
  jobs,
  clock,
  wake,
}: {
  jobs: JobRows
  clock: Clock
  wake: () => void
}): Omit<Queue, 'work' | typeof Symbol.asyncDispose> {
  return {
    async add(job) {
      await jobs.add(job, clock.now())
      wake()
    },
    deadLetters: async ({ before, limit }) =>
      jobs.dead(before === undefined ? -1 : numOf(before), Math.min(limit, 101)),
    async retry(id, { noted } = {}) {
      const revived = await jobs.revive(numOf(id), clock.now(), noted)
      if (revived) wake()
      return revived
    },
    discard: async (id, { noted } = {}) => jobs.discard(numOf(id), noted),
    forget: async (kind, isMeant) => jobs.forget(kind, isMeant),
    counts: async () => jobs.counts(),
  }
}

const numOf = (id: string): number => (/^\d{1,15}$/.test(id) ? Number(id) : 0)
