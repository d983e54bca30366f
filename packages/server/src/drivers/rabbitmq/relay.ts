import type { ConfirmChannel } from 'amqplib'
import type { Clock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import type { JobKind } from '../../ports/queue.ts'
import { restMs } from '../sql/kept-queue.ts'
import type { HandedJob, KeptJobs } from './kept-jobs.ts'

/** Published together, and confirmed before the next ones are. */
const handAtOnce = 100
/** A node that dies between the two leaves what it was handing over to the others after a minute. */
const handingMs = 60_000
/** What a broker has lost in silence is handed over again after an hour. */
const handedMs = 3_600_000
/** How late a job that comes due, or that a dying node left, is noticed. */
const lookEveryMs = 1_000
/** A broker that confirms nothing for so long (its disk is full, it is frozen) is given up for now. */
const confirmMs = 10_000

/** Hands over to the broker what is due, and keeps that it did only once the broker has confirmed. */
export interface Relay extends AsyncDisposable {
  /** Looks for what is due, soon. */
  wake(): void
  /** Looks now, and resolves when all that was due has been handed over, or can't be. */
  look(): Promise<void>
}

export function openRelay({
  jobs,
  clock,
  report,
  channel,
  queueOf,
  onConfirmed,
  onUnconfirmed,
}: {
  jobs: KeptJobs
  clock: Clock
  report: Report
  /** Undefined while there is no broker: then nothing is even looked for. */
  channel: () => ConfirmChannel | undefined
  queueOf: (kind: JobKind) => string
  onConfirmed: () => void
  onUnconfirmed: (cause: unknown) => void
}): Relay {
  let isClosed = false
  let looking: Promise<void> | undefined
  let lookAgain = false
  let cancelTimer = (): void => undefined

  function look(): Promise<void> {
    cancelTimer()
    if (looking !== undefined) {
      lookAgain = true
      return looking
    }
    looking = handAll().finally(() => {
      looking = undefined
    })
    return looking
  }

  async function handAll(): Promise<void> {
    let pauseMs = lookEveryMs
    try {
      do lookAgain = false
      while (!isClosed && ((await handSome()) === handAtOnce || lookAgain))
    } catch (cause) {
      report('jobs that are due can’t be handed over', cause)
      pauseMs = restMs
    }
    if (!isClosed) cancelTimer = clock.after(pauseMs, () => void look())
  }

  async function handSome(): Promise<number> {
    const open = channel()
    if (open === undefined) return 0
    const now = clock.now()
    const was = now + handingMs
    const handing = await jobs.hand({ now, until: was, limit: handAtOnce })
    if (handing.length === 0) return 0
    const nums = handing.map(({ num }) => num)
    try {
      await publish(open, handing)
    } catch (cause) {
      await jobs.handed(nums, { was, until: 0 })
      onUnconfirmed(cause)
      return 0
    }
    onConfirmed()
    await jobs.handed(nums, { was, until: clock.now() + handedMs })
    return handing.length
  }

  async function publish(open: ConfirmChannel, handing: readonly HandedJob[]): Promise<void> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const cancel = clock.after(confirmMs, () => reject(new Error('the broker confirms nothing')))
    const returned = (): void => reject(new Error('the queue is gone'))
    open.on('return', returned)
    try {
      const confirmed = handing.map((job) => {
        const { promise, ...settle } = Promise.withResolvers<void>()
        const content = Buffer.from(JSON.stringify(job))
        open.publish('', queueOf(job.kind), content, { persistent: true, mandatory: true }, (cause) =>
          cause ? settle.reject(cause) : settle.resolve(),
        )
        return promise
      })
      await Promise.race([Promise.all(confirmed), late])
    } finally {
      cancel()
      open.off('return', returned)
    }
  }

  return {
    wake: () => void look(),
    look,
    async [Symbol.asyncDispose]() {
      isClosed = true
      cancelTimer()
      await looking
      cancelTimer()
    },
  }
}
