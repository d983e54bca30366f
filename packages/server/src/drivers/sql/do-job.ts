import type { Clock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import type { Job } from '../../ports/queue.ts'
import { failureOf } from './failed-job.ts'
import type { DueJob } from './job-table.ts'

/** Where the rows of jobs that are over go. */
interface PutAway {
  done(num: number): unknown
  postpone(num: number, dueAt: number, problem: string): unknown
  bury(num: number, now: number, problem: string): unknown
}

/**
 * Does a job, and puts its row away as it ended: done, to be tried again, or given up. False where the table
 * took no notice: then it is still there, and is done again.
 */
export async function doJob(
  job: DueJob,
  handle: (job: Job) => Promise<void>,
  { jobs, clock, random, report }: { jobs: PutAway; clock: Clock; random: () => number; report: Report },
): Promise<boolean> {
  const outcome = await handle(job).then(
    () => ({ done: true }) as const,
    (cause: unknown) => ({ done: false, cause }) as const,
  )
  try {
    if (outcome.done) await jobs.done(job.num)
    else await fail(outcome.cause)
    return true
  } catch (cause) {
    report(`job ${job.id} '${job.kind}' can't be put away`, cause)
    return false
  }

  async function fail(cause: unknown): Promise<void> {
    const now = clock.now()
    const { problem, retryAt } = failureOf(job, cause, { now, random })
    if (retryAt === undefined) {
      report(`job ${job.id} '${job.kind}' failed for good, on try ${job.attempt}`, cause)
      await jobs.bury(job.num, now, problem)
    } else {
      await jobs.postpone(job.num, retryAt, problem)
    }
  }
}
