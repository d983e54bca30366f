import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage } from 'amqplib'
import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import { type Job, type JobKind, jobKinds, type Queue } from '../../ports/queue.ts'
import { doJob } from '../sql/do-job.ts'
import { keptQueue, restMs } from '../sql/kept-queue.ts'
import { openBroker } from './broker.ts'
import type { ClaimedJob, KeptJobs } from './kept-jobs.ts'
import { openRelay } from './relay.ts'

/** A job whose worker has not been heard of for so long is another's. */
const heldMs = 60_000
const holdEveryMs = 20_000

/**
 * A quorum queue that was made half a second before its broker was killed takes messages afterwards and never
 * confirms them (seen on RabbitMQ 3.10). Nothing is lost with a queue,
 * so after so many failures it is made anew.
 */
const unconfirmedMax = 2

const parseReminder = ({ content }: ConsumeMessage) => reminder.parse(JSON.parse(content.toString()))
const reminder = z.object({ num: z.number(), kind: z.enum(jobKinds), dueAt: z.number() })

interface Working {
  kind: JobKind
  atOnce: number
  handle: (job: Job) => Promise<void>
  underWay: Map<number, Promise<void>>
  stopped: boolean
  channel: Channel | undefined
  /** One claim after the other, so that jobs begin in the order in which they come. */
  claiming: Promise<void>
}

export interface RabbitQueue extends Queue {
  /** Whether a broker is there. While none is, jobs are kept, and wait. */
  readonly isUp: boolean
  /** Resolves when what is due has been handed over to the workers here, and every handler has ended. */
  settle(): Promise<void>
}

/**
 * The queue by RabbitMQ, over the jobs that the database keeps: `add` writes a row, a relay hands it to the
 * broker, the broker hands it to a worker, and the worker takes the row. See docs/decisions/0021.
 */
export function openRabbitQueue({
  urls,
  name,
  jobs,
  clock,
  report,
  random = Math.random,
}: {
  /** Of one broker, or of several of one cluster. */
  urls: readonly string[]
  /** What this installation's queues begin with, so that several can share a broker. */
  name: string
  jobs: KeptJobs
  clock: Clock
  report: Report
  random?: () => number
}): RabbitQueue {
  const workers = new Set<Working>()
  let confirming: ConfirmChannel | undefined
  /** How many times in a row nothing was confirmed. */
  let unconfirmed = 0
  let cancelHolding = clock.after(holdEveryMs, () => void hold())

  const queueOf = (kind: JobKind): string => `${name}.${kind}`
  const broker = openBroker({ urls, clock, report, random, begin, onUp })
  const relay = openRelay({
    jobs,
    clock,
    report,
    channel: () => (broker.connection ? confirming : undefined),
    queueOf,
    onConfirmed: () => {
      unconfirmed = 0
    },
    onUnconfirmed: (cause) => {
      unconfirmed++
      giveUp(cause)
    },
  })

  async function begin(connection: ChannelModel): Promise<void> {
    const channel = await connection.createConfirmChannel()
    endWith(channel, connection)
    for (const kind of jobKinds) {
      if (unconfirmed >= unconfirmedMax) await channel.deleteQueue(queueOf(kind))
      const { messageCount } = await channel.assertQueue(queueOf(kind), queueOptions(connection))
      // A broker that holds nothing may have lost what it held: a reminder too many does no harm.
      if (messageCount === 0) await jobs.unhand(kind)
    }
    confirming = channel
  }

  function onUp(): void {
    for (const worker of workers) consume(worker)
    relay.wake()
  }

  /** A channel that fails ends the connection: there is one way to begin anew. */
  function endWith(channel: Channel, connection: ChannelModel): void {
    let why: unknown = new Error('a channel was closed')
    channel.on('error', (cause) => {
      why = cause
    })
    channel.on('close', () => broker.drop(connection, why))
  }

  function giveUp(cause: unknown): void {
    if (broker.connection) broker.drop(broker.connection, cause)
  }

  function consume(worker: Working): void {
    const { connection } = broker
    if (!connection || worker.stopped) return
    open().catch((cause) => broker.drop(connection, cause))

    async function open(): Promise<void> {
      if (!connection) return
      const channel = await connection.createChannel()
      endWith(channel, connection)
      worker.channel = channel
      await channel.prefetch(worker.atOnce)
      await channel.consume(queueOf(worker.kind), (message) => {
        if (message === null) broker.drop(connection, new Error('the queue is gone'))
        else worker.claiming = worker.claiming.then(() => take(worker, channel, message))
      })
    }
  }

  async function take(worker: Working, channel: Channel, message: ConsumeMessage): Promise<void> {
    // After a lost connection what was begun before is under way still.
    while (worker.underWay.size >= worker.atOnce) await Promise.race(worker.underWay.values())
    // Unanswered it goes back to the broker with the channel; a refusal would bring it here again at once.
    if (worker.stopped) return
    try {
      const now = clock.now()
      const job = await jobs.claim(parseReminder(message), { now, until: now + heldMs })
      if (job === undefined) return answer(() => channel.ack(message))
      const underWay = work(worker, job).then((isPutAway) => {
        worker.underWay.delete(job.num)
        answer(() => (isPutAway ? channel.ack(message) : channel.nack(message)))
      })
      worker.underWay.set(job.num, underWay)
    } catch (cause) {
      report(`a job '${worker.kind}' can't be taken`, cause)
      clock.after(restMs, () => answer(() => channel.nack(message)))
    }
  }

  /** False where the database took no notice: the broker brings it again. */
  async function work({ handle }: Working, job: ClaimedJob): Promise<boolean> {
    const isPutAway = await doJob(job, handle, { jobs, clock, random, report })
    if (!isPutAway) await new Promise<void>((resolve) => clock.after(restMs, resolve))
    return isPutAway
  }

  async function hold(): Promise<void> {
    const nums = [...workers].flatMap(({ underWay }) => [...underWay.keys()])
    try {
      if (nums.length > 0) await jobs.hold(nums, clock.now() + heldMs)
    } catch (cause) {
      report('jobs under way were not held for longer', cause)
    }
    cancelHolding = clock.after(holdEveryMs, () => void hold())
  }

  async function stop(worker: Working): Promise<void> {
    worker.stopped = true
    await worker.claiming
    await Promise.all(worker.underWay.values())
    workers.delete(worker)
    const { channel } = worker
    channel?.removeAllListeners('close')
    // Not waited for: a frozen broker doesn't answer. What came and was not begun goes back with the channel.
    void channel?.close().catch(() => undefined)
  }

  return {
    get isUp() {
      return broker.connection !== undefined
    },

    ...keptQueue({ jobs, clock, wake: relay.wake }),

    work(kind, { atOnce }, handle) {
      const worker: Working = {
        kind,
        atOnce,
        handle: async (job) => handle(job),
        underWay: new Map(),
        stopped: false,
        channel: undefined,
        claiming: Promise.resolve(),
      }
      workers.add(worker)
      consume(worker)
      return { [Symbol.asyncDispose]: () => stop(worker) }
    },

    async settle() {
      const isBusy = async () => {
        await relay.look()
        const due = await Promise.all([...workers].map(({ kind }) => jobs.dueCount(kind, clock.now())))
        // One that is being claimed is the worker's in the database already.
        await Promise.all([...workers].map(({ claiming }) => claiming))
        return !broker.connection || due.some((count) => count > 0) || [...workers].some(isWorking)
      }
      while (await isBusy()) await Bun.sleep(2)
    },

    async [Symbol.asyncDispose]() {
      cancelHolding()
      await relay[Symbol.asyncDispose]()
      await Promise.all([...workers].map(stop))
      await broker[Symbol.asyncDispose]()
    },
  }
}

const isWorking = ({ underWay }: Working): boolean => underWay.size > 0

/** On a channel that is closed there is nothing to answer: the broker brings the message again. */
function answer(act: () => void): void {
  try {
    act()
  } catch {
    // It is closed.
  }
}

/**
 * A quorum queue (RabbitMQ 3.8 and later) is kept by most of a cluster's brokers; elsewhere by one,
 * on its disk.
 */
function queueOptions({ connection: { serverProperties } }: ChannelModel) {
  const { product, version } = serverProperties
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const hasQuorum = product === 'RabbitMQ' && (major > 3 || (major === 3 && minor >= 8))
  return { durable: true, ...(hasQuorum && { arguments: { 'x-queue-type': 'quorum' } }) }
}
