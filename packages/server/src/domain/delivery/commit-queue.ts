import { Refusal } from '@confab/protocol/refusal'
import { assert } from '../../lib/assert.ts'
import type { Report } from '../../lib/report.ts'
import type { Store } from '../../ports/store.ts'
import { TookTooLong } from '../../ports/took-too-long.ts'
import { type Committed, erasedRowsAtOnce, type Write } from '../../ports/writes.ts'

/**
 * Group commit: what arrives while a transaction is under way shares the next one, so that one flush
 * to the disk serves a hundred senders. A lone write waits for nobody: the queue starts on it as soon as
 * the requests that arrived together with it are in.
 *
 *   idle ── commit() ──▶ gathering ── soon ──▶ committing ── settled ──▶ idle, or gathering if some wait
 */
export interface CommitQueue extends AsyncDisposable {
  /**
   * Resolves once the write is durable and has been announced. Throws a Refusal: the store's own, or
   * `overloaded` where the queue is full or the store can't write; then nothing was written.
   */
  commit(write: Write): Promise<Committed>
  /** Commits what was too much for one transaction, a step at a time, behind whoever waits by then. */
  goOn(rest: Write): void
  /** How many writes wait or are under way. */
  readonly depth: number
}

/** At 12,000 writes/s a full queue is a third of a second of work. */
export const queuedWritesMax = 4_096
/** In rows, of which a send counts one. 512 sends take the writer about 20 ms; more gain little. */
export const batchRowsMax = 512
const retryWhenFullMs = 500
const retryWhenBrokenMs = 2_000

export interface CommitQueueOptions {
  store: Pick<Store, 'commit'>
  /** Told of what was committed, in the order of the log, before the writers hear of it. */
  announce: (committed: readonly Committed[]) => void
  report: Report
  /** Runs a step after the requests that are already at the door. Default: `setImmediate`. */
  soon?: (step: () => void) => void
  /** Runs a step when a store that could not write may be able to again. Default: 2 s later. */
  later?: (step: () => void) => void
  /** Takes what was too much for one transaction. Default: the queue itself. */
  restTo?: Pick<CommitQueue, 'goOn'> | undefined
  /** How many more calls than its own may be under way; of the queues of one store the same object. */
  spare?: { calls: number }
  queuedMax?: number
  batchMax?: number
}

interface Failure {
  cause: unknown
}

interface Waiting {
  write: Write
  resolve: (committed: Committed) => void
  reject: (refusal: Refusal) => void
}

export function openCommitQueue({
  store,
  announce,
  report,
  soon = setImmediate,
  later = (step) => void setTimeout(step, retryWhenBrokenMs).unref(),
  restTo,
  spare = { calls: 0 },
  queuedMax = queuedWritesMax,
  batchMax = batchRowsMax,
}: CommitQueueOptions): CommitQueue {
  const waiting: Waiting[] = []
  let underWay = 0
  let state: 'idle' | 'gathering' | 'committing' = 'idle'
  let closed = false
  /** One at a time: the rests of all that is too large for one transaction are one piece of work. */
  let isGoingOn = false
  /** What came beside a step: that one may have looked before it was there. */
  let behindStep: Write | undefined
  let drained: (() => void) | undefined

  function gather() {
    state = 'gathering'
    soon(commitBatch)
  }

  async function commitBatch() {
    state = 'committing'
    const batch = takeBatch()
    underWay = batch.length
    const failure = await attempt(batch)
    if (failure) await commitInParts(batch, failure)
    underWay = 0
    if (waiting.length > 0) return gather()
    state = 'idle'
    drained?.()
  }

  function takeBatch(): Waiting[] {
    let rows = 0
    let end = 0
    for (const { write } of waiting) {
      rows += rowsOf(write)
      if (rows > batchMax && end > 0) break
      end++
    }
    return waiting.splice(0, end)
  }

  async function attempt(batch: Waiting[]): Promise<Failure | undefined> {
    try {
      settle(batch, await store.commit(batch.map(({ write }) => write)))
    } catch (cause) {
      return { cause }
    }
  }

  /**
   * Nothing of a batch that failed was stored, so each conversation's part may go by itself: side by side, so
   * that one that somebody holds delays no other. Once the store has waited for one of them, whoever had no
   * turn by then is refused too, and nobody has waited for more than the batch and a part.
   */
  async function commitInParts(batch: Waiting[], failed: Failure): Promise<void> {
    const parts = partsOf(batch)
    if (isAway(failed)) return refuse(batch, failed)
    if (parts.length === 1) return void (await commitEachAlone(batch, failed))
    const left = [...parts]
    let waited: Failure | undefined
    async function work() {
      for (let part = left.shift(); part; part = left.shift()) {
        const failure = await attempt(part)
        if (failure) waited = (await commitEachAlone(part, failure)) ?? waited
        if (waited && left.length > 0) refuse(left.splice(0).flat(), waited)
      }
    }
    const more = Math.min(parts.length - 1, spare.calls)
    spare.calls -= more
    const giveBack = () => void spare.calls++
    await Promise.all([work(), ...Array.from({ length: more }, () => work().finally(giveBack))])
  }

  /**
   * The writes of a part that failed, in their order: the one at fault fails alone. As soon as the store has
   * waited the others are refused with it, for each it would wait again; then it answers with that failure.
   */
  async function commitEachAlone(part: Waiting[], failed: Failure): Promise<Failure | undefined> {
    if (hasWaited(failed)) return refuseHeld(part, failed)
    if (part.length === 1) {
      refuse(part, failed)
      return
    }
    for (const [index, one] of part.entries()) {
      const failure = await attempt([one])
      if (failure && hasWaited(failure)) return refuseHeld(part.slice(index), failure)
      if (failure) refuse([one], failure)
    }
  }

  /** With whoever came for the same since: they would hold up the next batch as these did this one. */
  function refuseHeld(part: Waiting[], failure: Failure): Failure {
    const [owner] = part.map(({ write }) => ownerOf(write))
    const isOfPart = ({ write }: Waiting) => !isAway(failure) && ownerOf(write) === owner
    const held = waiting.filter(isOfPart)
    if (held.length > 0) waiting.splice(0, waiting.length, ...waiting.filter((one) => !isOfPart(one)))
    refuse([...part, ...held], failure)
    return failure
  }

  function refuse(batch: Waiting[], { cause }: Failure) {
    report('commit queue: a batch was not stored', cause)
    const refusal = new Refusal('overloaded', {
      detail: 'The server could not store this just now: try again',
      retryAfterMs: retryWhenBrokenMs,
    })
    for (const { reject } of batch) reject(refusal)
  }

  function settle(batch: Waiting[], outcomes: Awaited<ReturnType<Store['commit']>>) {
    assert(outcomes.length === batch.length, `${outcomes.length} outcomes for ${batch.length} writes`)
    try {
      announce(outcomes.filter((outcome) => outcome.status === 'committed'))
    } catch (cause) {
      // What is durable stays acknowledged: the feeds find in the store what the bus was not told.
      report('commit queue: a committed batch was not announced', cause)
    }
    for (const [index, { resolve, reject }] of batch.entries()) {
      const outcome = outcomes[index]
      if (outcome?.status === 'committed') {
        resolve(outcome)
        if (outcome.rest) (restTo ?? queue).goOn(outcome.rest)
      } else if (outcome) reject(new Refusal(outcome.code, outcome.detail ? { detail: outcome.detail } : {}))
    }
  }

  /**
   * Behind whoever waits by then, until it is stored.
   * What a closing queue leaves is done after the next start.
   */
  function add(rest: Write) {
    if (closed) return
    const resolve = () => {
      isGoingOn = false
      if (!behindStep) return
      const next = behindStep
      behindStep = undefined
      queue.goOn(next)
    }
    waiting.push({ write: rest, resolve, reject: () => later(() => add(rest)) })
    if (state === 'idle') gather()
  }

  const queue: CommitQueue = {
    get depth() {
      return waiting.length + underWay
    },
    commit(write) {
      if (closed || waiting.length >= queuedMax) {
        return Promise.reject(new Refusal('overloaded', { retryAfterMs: retryWhenFullMs }))
      }
      const { promise, resolve, reject } = Promise.withResolvers<Committed>()
      waiting.push({ write, resolve, reject })
      if (state === 'idle') gather()
      return promise
    },
    goOn(rest) {
      if (isGoingOn) {
        behindStep = rest
        return
      }
      isGoingOn = true
      add(rest)
    },
    /** Takes nothing new and waits for what it has taken. */
    async [Symbol.asyncDispose]() {
      closed = true
      if (state === 'idle') return
      await new Promise<void>((resolve) => {
        drained = resolve
      })
    },
  }
  return queue
}

/** What is of one conversation, else of one person, stays together and in its order. */
function partsOf(batch: Waiting[]): Waiting[][] {
  return [...Map.groupBy(batch, ({ write }) => ownerOf(write)).values()]
}

function ownerOf(write: Write): string {
  if ('conversationId' in write) return write.conversationId
  return 'actorId' in write ? write.actorId : write.write
}

/** A store that can't be reached has waited already, and so has one that ended a commit. */
const hasWaited = (failure: Failure): boolean => isAway(failure) || failure.cause instanceof TookTooLong

const isAway = ({ cause }: Failure): boolean => cause instanceof Refusal && cause.code === 'overloaded'

/** What a write costs the writer, roughly: making a conversation of a thousand is a thousand sends. */
function rowsOf(write: Write): number {
  if (write.write === 'conversation.create') return 1 + write.memberIds.length
  if (write.write === 'erasure.continue') return erasedRowsAtOnce
  if (write.write === 'messages.expire') return write.limit
  return write.write === 'presences.keep' ? write.presences.length : 1
}
