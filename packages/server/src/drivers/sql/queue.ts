import type { Database } from 'bun:sqlite'
import type { Clock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import type { Job, JobKind, Queue } from '../../ports/queue.ts'
import { doJob } from './do-job.ts'
import { type DueJob, jobTable } from './job-table.ts'
import { keptQueue, restMs } from './kept-queue.ts'

/** A timer takes no longer delay; a job that is due later is looked at again then. */
const sleepMsMax = 24 * 3_600_000

interface Working {
  kind: JobKind
  atOnce: number
  handle: (job: Job) => Promise<void>
  underWay: Map<number, Promise<void>>
  stopped: boolean
  cancelTimer: () => void
}

/**
 * The queue in a table of the database. One server alone works on a SQLite file, so what is under way is
 * known in memory, and what a crash interrupted is simply still there. The database has been migrated before.
 */
export function openSqlQueue({
  database,
  clock,
  key,
  report,
  random = Math.random,
}: {
  database: Database
  clock: Clock
  /** 32 bytes: seals the payloads. */
  key: Uint8Array
  report: Report
  random?: () => number
}): Queue & { settle(): Promise<void> } {
  const jobs = jobTable(database, key)
  const workers = new Set<Working>()

  function fill(worker: Working): void {
    worker.cancelTimer()
    if (worker.stopped || worker.underWay.size >= worker.atOnce) return
    try {
      const now = clock.now()
      for (const job of jobs.due(worker.kind, now, worker.atOnce + worker.underWay.size)) {
        if (worker.underWay.size >= worker.atOnce) return
        if (!worker.underWay.has(job.num)) begin(worker, job)
      }
      const next = jobs.nextDueAt(worker.kind, now)
      if (next !== undefined) wake(worker, Math.min(next - now, sleepMsMax))
    } catch (cause) {
      report(`the jobs '${worker.kind}' can't be read`, cause)
      wake(worker, restMs)
    }
  }

  function wake(worker: Working, delayMs: number): void {
    worker.cancelTimer = clock.after(delayMs, () => fill(worker))
  }

  function begin(worker: Working, job: DueJob): void {
    const underWay = work(worker, job).finally(() => {
      worker.underWay.delete(job.num)
      fill(worker)
    })
    worker.underWay.set(job.num, underWay)
  }

  async function work({ handle }: Working, job: DueJob): Promise<void> {
    if (await doJob(job, handle, { jobs, clock, random, report })) return
    // It is still in the table, and so will be done again: rather that than a loop without a pause.
    await new Promise<void>((resolve) => clock.after(restMs, resolve))
  }

  async function stop(worker: Working): Promise<void> {
    worker.stopped = true
    worker.cancelTimer()
    await Promise.all(worker.underWay.values())
    workers.delete(worker)
  }

  const wakeAll = (): void => {
    for (const worker of workers) fill(worker)
  }

  return {
    ...keptQueue({ jobs, clock, wake: wakeAll }),

    work(kind, { atOnce }, handle) {
      const worker: Working = {
        kind,
        atOnce,
        handle: async (job) => handle(job),
        underWay: new Map(),
        stopped: false,
        cancelTimer: () => undefined,
      }
      workers.add(worker)
      fill(worker)
      return { [Symbol.asyncDispose]: () => stop(worker) }
    },

    async settle() {
      const underWay = () => [...workers].flatMap((worker) => [...worker.underWay.values()])
      while (underWay().length > 0) await Promise.all(underWay())
    },

    async [Symbol.asyncDispose]() {
      await Promise.all([...workers].map(stop))
      jobs.close()
    },
  }
}
