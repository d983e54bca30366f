import type { Clock } from '../../../lib/clock.ts'
import type { Report } from '../../../lib/report.ts'
import type { Job, JobKind, Queue } from '../../../ports/queue.ts'
import { doJob } from '../do-job.ts'
import type { DueJob } from '../job-table.ts'
import { keptQueue, restMs } from '../kept-queue.ts'
import type { Postgres } from './connection.ts'
import { jobTable } from './job-table.ts'

/** A job whose worker has not been heard of for so long is another's. */
const heldMs = 60_000
const holdEveryMs = 20_000
/** How late a job that another node added is noticed. */
const lookEveryMs = 1_000

interface Working {
  kind: JobKind
  atOnce: number
  handle: (job: Job) => Promise<void>
  underWay: Map<number, Promise<unknown>>
  stopped: boolean
  /** The look for jobs that is under way, and whether another must follow it. */
  looking: Promise<void> | undefined
  lookAgain: boolean
  cancelTimer: () => void
}

/**
 * The queue in a table of PostgreSQL, where several nodes work: who takes a job holds it for a minute, and
 * longer as long as they live. What a node was at when it died is done again after that minute.
 */
export function openPostgresQueue({
  postgres,
  clock,
  key,
  report,
  random = Math.random,
}: {
  postgres: Postgres
  clock: Clock
  /** 32 bytes: seals the payloads. */
  key: Uint8Array
  report: Report
  random?: () => number
}): Queue & { settle(): Promise<void> } {
  const jobs = jobTable(postgres, key)
  const workers = new Set<Working>()
  let cancelHolding = clock.after(holdEveryMs, () => void hold())

  async function hold(): Promise<void> {
    const nums = [...workers].flatMap(({ underWay }) => [...underWay.keys()])
    if (nums.length > 0) {
      await jobs
        .hold(nums, clock.now() + heldMs)
        .catch((cause) => report('jobs under way were not held for longer', cause))
    }
    cancelHolding = clock.after(holdEveryMs, () => void hold())
  }

  function look(worker: Working): void {
    worker.cancelTimer()
    if (worker.looking !== undefined) {
      worker.lookAgain = true
      return
    }
    worker.lookAgain = false
    worker.looking = fill(worker).finally(() => {
      worker.looking = undefined
      if (worker.lookAgain) look(worker)
    })
  }

  async function fill(worker: Working): Promise<void> {
    const limit = worker.atOnce - worker.underWay.size
    if (worker.stopped || limit <= 0) return
    let pauseMs = lookEveryMs
    try {
      const now = clock.now()
      const { jobs: taken, isFull } = await jobs.take(worker.kind, { now, until: now + heldMs, limit })
      for (const job of taken) begin(worker, job)
      if (isFull && taken.length < limit) worker.lookAgain = true
      const next = await jobs.nextDueAt(worker.kind, now)
      // Time has gone by while it was asked.
      if (next !== undefined) pauseMs = Math.min(pauseMs, Math.max(0, next - clock.now()))
    } catch (cause) {
      report(`the jobs '${worker.kind}' can't be read`, cause)
      pauseMs = restMs
    }
    if (!worker.stopped) worker.cancelTimer = clock.after(pauseMs, () => look(worker))
  }

  function begin(worker: Working, job: DueJob): void {
    // What could not be put away is done again once nobody holds it.
    const work = doJob(job, worker.handle, { jobs, clock, random, report }).finally(() => {
      worker.underWay.delete(job.num)
      look(worker)
    })
    worker.underWay.set(job.num, work)
  }

  async function stop(worker: Working): Promise<void> {
    worker.stopped = true
    worker.cancelTimer()
    await worker.looking
    await Promise.all(worker.underWay.values())
    await worker.looking
    worker.cancelTimer()
    workers.delete(worker)
  }

  const wakeAll = (): void => {
    for (const worker of workers) look(worker)
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
        looking: undefined,
        lookAgain: false,
        cancelTimer: () => undefined,
      }
      workers.add(worker)
      look(worker)
      return { [Symbol.asyncDispose]: () => stop(worker) }
    },

    async settle() {
      const busy = () =>
        [...workers].flatMap(({ looking, underWay }) => [
          ...(looking === undefined ? [] : [looking]),
          ...underWay.values(),
        ])
      while (busy().length > 0) await Promise.all(busy())
    },

    async [Symbol.asyncDispose]() {
      cancelHolding()
      await Promise.all([...workers].map(stop))
    },
  }
}
