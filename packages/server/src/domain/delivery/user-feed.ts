import type { SessionId, UserId } from '@confab/protocol/ids'
import type { Clock } from '../../lib/clock.ts'
import { openClockOffsets } from '../../lib/clock-offsets.ts'
import type { Report } from '../../lib/report.ts'
import type { Bus, BusMessage } from '../../ports/bus.ts'
import type { Store } from '../../ports/store.ts'
import type { UserChange } from '../../ports/writes.ts'
import { receiptTag, userChannel, userTag } from './channels.ts'

/**
 * Turns what the bus tells at most once of a user's own changes into every change, in order of `userRev`.
 *
 *   unknown ── follow ──▶ reading the rev ──▶ following(rev) ── unfollow ──▶ unknown
 *                                               │       ▲
 *           a rev beyond the next, a later one  ▼       │  what the store knows is given
 *           found by a look, or after a cut    repairing ┘
 */
export interface UserFeed extends Disposable {
  /** From the rev at return on, each change of the user goes to the sink. Following again changes nothing. */
  follow(userId: UserId): Promise<void>
  unfollow(userId: UserId): void
}

export interface UserFeedSink {
  change(change: UserChange): void
  /** An encoded `receipt` push of their own cursor, as some node told it. */
  receipt(userId: UserId, frame: string): void
  sessionEnded(userId: UserId, sessionId: SessionId): void
  /** An encoded `notice` push, lost where nobody hears it. */
  notice(userId: UserId, frame: string): void
  /** Now and then, and after a cut: what else of these may have ended unheard is to be looked at. */
  look(userIds: readonly UserId[]): Promise<void>
  /** After a cut: what has no rev and changed since a time is to be told. */
  catchUp(userId: UserId, since: number): Promise<void>
}

const lookEveryMs = 1_000
const lookAtMax = 500
const repairRetryMs = 1_000
/** So many users are caught up with at a time, some 10 ms of work; others come between. */
const caughtUpAtOnce = 100
/** How far back a cut is taken to reach where the bus doesn't say. */
const cutMsMax = 60_000
/** What changed so long before may have been committed after it, by a slower clock. */
const overlapMs = 2_000

export interface UserFeedOptions {
  store: Pick<Store, 'userRevs' | 'userChanges'>
  bus: Bus
  clock: Clock
  sink: UserFeedSink
  report: Report
}

export function openUserFeed({ store, bus, clock, sink, report }: UserFeedOptions): UserFeed {
  const revs = new Map<UserId, number>()
  /** The highest rev heard of while a user's rev is read or what is missing is repaired. */
  const seen = new Map<UserId, number>()
  const beginning = new Map<UserId, Promise<void>>()
  /** Whoever is unfollowed and followed again while it begins is one of these at its end. */
  const wanted = new Set<UserId>()
  const offsets = openClockOffsets(clock, cutMsMax)
  let looking: UserId[] = []
  let isFollowing = false
  let closed = false

  function hear({ channel, seq, tag, body }: BusMessage) {
    const userId = channel.slice(2) as UserId
    if (tag === receiptTag) sink.receipt(userId, body)
    else if (tag === userTag.sessionEnded) sink.sessionEnded(userId, body as SessionId)
    else if (tag === userTag.notice) sink.notice(userId, body)
    else hearChange(userId, { userRev: seq, body })
  }

  function hearChange(userId: UserId, { userRev, body }: { userRev: number; body: string }) {
    const repairing = seen.get(userId)
    if (repairing !== undefined) return void seen.set(userId, Math.max(repairing, userRev))
    const rev = revs.get(userId)
    if (rev === undefined || userRev <= rev) return
    if (userRev > rev + 1) return repair(userId, userRev)
    revs.set(userId, userRev)
    sink.change(JSON.parse(body) as UserChange)
  }

  async function begin(userId: UserId) {
    seen.set(userId, 0)
    let rev: number | undefined
    try {
      await bus.subscribe([userChannel(userId)], hear)
      rev = (await store.userRevs([userId])).get(userId) ?? 0
    } finally {
      const upTo = seen.get(userId) ?? 0
      seen.delete(userId)
      beginning.delete(userId)
      // Without a rev the store could not say.
      if (rev === undefined || !wanted.has(userId)) bus.unsubscribe([userChannel(userId)], hear)
      else {
        revs.set(userId, rev)
        if (upTo > rev) repair(userId, upTo)
      }
    }
  }

  function repair(userId: UserId, upTo: number) {
    seen.set(userId, upTo)
    readMissing(userId).catch((cause) => {
      report('user feed: changes of a user are not repaired yet', cause)
      clock.after(repairRetryMs, () => {
        if (!closed && seen.has(userId)) repair(userId, seen.get(userId) ?? upTo)
      })
    })
  }

  async function readMissing(userId: UserId) {
    for (;;) {
      const rev = revs.get(userId)
      // Followed no more; or anew, and then what is seen meanwhile is for who begins.
      if (rev === undefined) return
      if (rev >= (seen.get(userId) ?? 0)) break
      const { userRev, changes } = await store.userChanges(userId, rev)
      if (revs.get(userId) !== rev) continue
      if (userRev <= rev) throw new Error(`the store ends at rev ${rev}, the bus told of ${seen.get(userId)}`)
      revs.set(userId, userRev)
      for (const change of changes) sink.change(change)
    }
    seen.delete(userId)
  }

  async function lookAt(ids: readonly UserId[]) {
    for (const [userId, userRev] of await store.userRevs(ids)) {
      const rev = revs.get(userId)
      if (rev !== undefined && userRev > rev && !seen.has(userId)) repair(userId, userRev)
    }
    await sink.look(ids)
  }

  /** A part of the users a second; all of them while the bus is cut. */
  function lookAround() {
    if (closed) return
    cancelLook = clock.after(lookEveryMs, lookAround)
    offsets.look()
    if (bus.isCut) return void followStore()
    if (looking.length === 0) looking = [...revs.keys()]
    lookAt(looking.splice(-lookAtMax)).catch((cause) => report('user feed: revs not read', cause))
  }

  async function followStore() {
    if (isFollowing) return
    isFollowing = true
    await lookAtRevs()
    isFollowing = false
  }

  async function lookAtRevs() {
    const all = [...revs.keys()]
    for (let from = 0; from < all.length; from += lookAtMax)
      await lookAt(all.slice(from, from + lookAtMax)).catch((cause) =>
        report('user feed: revs not read for a cut: the next look does', cause),
      )
  }

  /** Whoever can't be caught up with is tried again, and keeps nobody else waiting. */
  async function catchUp(userId: UserId, since: number) {
    try {
      await sink.catchUp(userId, since)
    } catch (cause) {
      report('user feed: a user is not caught up with yet', cause)
      clock.after(repairRetryMs, () => {
        if (!closed && revs.has(userId)) void catchUp(userId, since)
      })
    }
  }

  async function lookAtAll(since: number) {
    const all = [...revs.keys()]
    await lookAtRevs()
    for (const [index, userId] of all.entries()) {
      if (revs.has(userId)) await catchUp(userId, since)
      if (index % caughtUpAtOnce === caughtUpAtOnce - 1)
        await new Promise<void>((resolve) => clock.after(0, resolve))
      if (closed) return
    }
  }

  let cancelLook = clock.after(lookEveryMs, lookAround)
  const stopHearingCuts = bus.onCut((since) => {
    // Where the clock was set meanwhile a time that the bus knows is of another hour than what came after.
    const isKnown = since !== undefined && !offsets.wasSetWithin(cutMsMax)
    const from = isKnown ? since : offsets.earliest(cutMsMax)
    lookAtAll(from - overlapMs).catch((cause) => report('user feed: not caught up after a cut', cause))
  })

  return {
    async follow(userId) {
      if (closed) return
      wanted.add(userId)
      if (revs.has(userId)) return
      const begun = beginning.get(userId) ?? begin(userId)
      if (!revs.has(userId)) beginning.set(userId, begun)
      await begun
    },
    unfollow(userId) {
      wanted.delete(userId)
      if (beginning.has(userId)) return
      revs.delete(userId)
      seen.delete(userId)
      bus.unsubscribe([userChannel(userId)], hear)
    },
    [Symbol.dispose]() {
      closed = true
      cancelLook()
      stopHearingCuts()
      bus.unsubscribe([...revs.keys()].map(userChannel), hear)
      wanted.clear()
      revs.clear()
      seen.clear()
    },
  }
}
