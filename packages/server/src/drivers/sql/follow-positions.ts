import type { Event } from '@confab/protocol/event'
import { backoffMs } from '../../lib/backoff.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import type { LoggedEvent } from '../../ports/event-log.ts'
import type { Store } from '../../ports/store.ts'
import { beforeAll, type LogPositions, leaseMs, type Noted, pageSize } from './log-positions.ts'

/** Events that are read, and handed over, at once. */
export const eventsAtOnce = 500

/** How late what was committed is found: an indexed question that mostly finds nothing. */
const lookEveryMs = 250
/** How often who holds a group says so, and how far it is; others try for it half as often. */
const renewEveryMs = 500
const tryEveryMs = 1_000
/**
 * How often what no commit has noted is looked for: a page of conversations at each look,
 * so that it costs little.
 */
const walkEveryMs = 180_000
/** A pause after what fails grows from and to this. */
const pauses = { firstMs: 200, mostMs: 5_000 }
/** Conversations that are read at the same time. */
const readAtOnce = 8

export interface FollowOptions {
  store: Pick<Store, 'events' | 'heads'>
  clock: Clock
  report: Report
  random?: () => number
}

/**
 *   waiting ── the group is free ──▶ following ── not renewed in time ──▶ waiting
 *                                      │    ▲
 *                    a handler rejects ▼    │ the same events again
 *                                      pausing
 */
export function followPositions(
  group: string,
  {
    positions,
    store,
    clock,
    report,
    random = Math.random,
    handle,
    onUp,
  }: FollowOptions & {
    positions: LogPositions
    handle: (events: readonly LoggedEvent[]) => Promise<void>
    onUp: (isUp: boolean) => void
  },
): AsyncDisposable {
  const holder = crypto.randomUUID()
  let stopped = false
  let wake = (): void => undefined
  let isAdded = false
  let failures = 0
  let takenAt = Number.NEGATIVE_INFINITY
  /** Of the history that is read now. */
  let epoch = ''
  /** Where the look for those behind goes on, so that busy conversations hold up no other. */
  let lookedAt = beforeAll
  /** Of the present pass over those behind: when it began, and whether all was handled that it found. */
  let pass = { beganAt: Number.NEGATIVE_INFINITY, isWhole: false }
  /** What was committed before is handled. */
  let doneAt: number | undefined
  /** Where the walk along all conversations goes on; undefined between two. */
  let walkedTo: string | undefined
  let walkBeganAt = Number.NEGATIVE_INFINITY
  /** The first walk of whoever takes over is made at once; a later one goes a page at each look. */
  let isHurried = true

  async function follow(): Promise<void> {
    while (!stopped) {
      try {
        const pauseMs = await step()
        failures = 0
        onUp(true)
        if (pauseMs > 0) await pause(pauseMs)
      } catch (cause) {
        if (failures === 0) report(`the log isn't followed as '${group}' for now`, cause)
        onUp(false)
        await pause(backoffMs(failures++, { ...pauses, random }))
      }
    }
    if (isHeld()) await positions.release(group, holder).catch(() => undefined)
  }

  /** Answers how long there is nothing to do. */
  async function step(): Promise<number> {
    if (!isAdded) await positions.add(group)
    isAdded = true
    if (!(await hold())) return tryEveryMs * (0.5 + 0.5 * random())
    if (!(await isOfThisHistory())) return 0
    const isBusy = await handSome()
    // In busy times too, or who is always behind would never find what nobody has noted.
    const isWalking = await walkOn()
    return isBusy || (isWalking && isHurried) ? 0 : lookEveryMs
  }

  const isHeld = () => clock.elapsed() - takenAt < leaseMs

  async function hold(): Promise<boolean> {
    if (clock.elapsed() - takenAt < renewEveryMs) return true
    const was = isHeld()
    const at = clock.elapsed()
    if (!(await positions.take(group, holder, doneAt === undefined ? undefined : at - doneAt))) {
      takenAt = Number.NEGATIVE_INFINITY
      doneAt = undefined
      return false
    }
    if (!was) beginWalk(true)
    takenAt = at
    return true
  }

  /**
   * Asked of the database before it is read, so that none is told of a later history than it is of: of an
   * earlier one it may be, and comes again. Then places mean other events, and all is given from the first on.
   */
  async function isOfThisHistory(): Promise<boolean> {
    const { noted, present } = await positions.epochs(group)
    epoch = present
    if (noted === present) return true
    for (let after = beforeAll; ; ) {
      const page = await positions.conversations(after)
      const last = page.at(-1)
      if (last === undefined) break
      await positions.put(
        group,
        page.map(({ id }) => ({ conversationId: id, seq: 0 })),
      )
      if (stopped || !(await hold())) return false
      after = last.id
    }
    await positions.noteEpoch(group, present)
    lookedAt = beforeAll
    doneAt = undefined
    return true
  }

  async function handSome(): Promise<boolean> {
    const wasAtStart = lookedAt === beforeAll
    if (wasAtStart) pass = { beganAt: clock.elapsed(), isWhole: true }
    const behind = await positions.behind(group, lookedAt)
    if (behind.length === 0) {
      endPass()
      return !wasAtStart
    }
    for (let from = 0; from < behind.length; from += readAtOnce) {
      const read = await Promise.all(behind.slice(from, from + readAtOnce).map(readOn))
      await handOver(read.flat())
      if (stopped || !(await hold())) return true
    }
    if (behind.length < pageSize) endPass()
    else lookedAt = behind.at(-1)?.conversationId ?? beforeAll
    return true
  }

  function endPass(): void {
    lookedAt = beforeAll
    if (pass.isWhole) doneAt = pass.beganAt
  }

  async function readOn({ conversationId, seq, head }: Behind): Promise<LoggedEvent[]> {
    const { events } = await store.events({ conversationId, after: seq, limit: eventsAtOnce })
    const isGone = events.length === 0 && !(await store.heads([conversationId])).has(conversationId)
    if (isGone) await positions.forget(group, conversationId)
    // One that is long comes in parts, and a copy of the database may not have all.
    else if ((events.at(-1)?.seq ?? seq) < head) pass.isWhole = false
    return events.map((event) => loggedEvent(event, epoch))
  }

  async function handOver(events: readonly LoggedEvent[]): Promise<void> {
    if (events.length === 0) return
    await handle(events)
    const noted = new Map<string, Noted>()
    for (const { conversationId, seq } of events)
      noted.set(conversationId, { conversationId, was: noted.get(conversationId)?.was ?? seq - 1, seq })
    await positions.note(group, [...noted.values()])
  }

  function beginWalk(hurried: boolean): void {
    walkedTo = beforeAll
    walkBeganAt = clock.elapsed()
    isHurried = hurried
  }

  /**
   * What no commit has noted is found by looking: it is older, or written by an earlier version beside this
   * one, or by a commit that had looked for followers before this one was added.
   * So it is walked again and again.
   */
  async function walkOn(): Promise<boolean> {
    if (walkedTo === undefined && clock.elapsed() - walkBeganAt >= walkEveryMs) beginWalk(false)
    if (walkedTo === undefined) return false
    const last = (await positions.conversations(walkedTo)).at(-1)
    if (last) await positions.look(group, walkedTo, last.id)
    walkedTo = last?.id
    return true
  }

  async function pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = clock.after(ms, resolve)
    wake = resolve
    if (!stopped) await promise
    cancel()
  }

  const following = follow()
  return {
    async [Symbol.asyncDispose]() {
      stopped = true
      wake()
      await following
    },
  }
}

type Behind = Omit<Noted, 'was'> & { head: number }

export const loggedEvent = (
  { conversationId, seq, type, actorId, at }: Event,
  epoch: string,
): LoggedEvent => ({
  epoch,
  conversationId,
  seq,
  type,
  actorId,
  at: Date.parse(at),
})
