import { encodePush } from '@confab/protocol/frames'
import type { UserId } from '@confab/protocol/ids'
import type { Presence } from '@confab/protocol/presence'
import { Refusal } from '@confab/protocol/refusal'
import { type Clock, isoTimeOrNull } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import type { Bus, BusMessage } from '../../ports/bus.ts'
import type { PresenceBoard, Seen } from '../../ports/presence.ts'
import type { Store } from '../../ports/store.ts'
import { blocksChannel, sharingChannel } from '../delivery/channels.ts'

/**
 * Tells of presence to those who watch and may see: who shares a conversation at that very moment, where
 * neither has blocked the other. To others a user is offline and was never here; who begins to see a user,
 * or may no longer, is told. A change costs its watchers, whoever else is connected; many changes at once,
 * a crowd that comes back, are one write to each watcher (docs/decisions/0011).
 */
export interface PresenceWatch extends Disposable {
  /** Watches more users; answers how all of these are now. Refuses `invalid` above the limit. */
  watch(watcher: Watcher, userIds: readonly UserId[]): Promise<Presence[]>
  unwatch(watcher: Watcher, userIds: readonly UserId[]): void
  /** Forgets a connection that has ended. */
  forget(watcher: Watcher): void
}

/** A connection that watches. */
export interface Watcher {
  userId: UserId
  push(...frames: string[]): void
}

export interface PresenceWatchOptions {
  presence: PresenceBoard
  store: Pick<Store, 'mutual'>
  /** When it was cut, changes may have been lost with it. */
  bus: Pick<Bus, 'onCut' | 'subscribe' | 'unsubscribe'>
  clock: Clock
  watchedMax: number
  report: Report
}

/** What changes meanwhile is told together, each user at their latest. */
const gatherMs = 100
/** So many pairs of changed and watcher are told at a time, some 10 ms of work; others come between. */
const pairsAtOnce = 5_000
const lookAtOnce = 1_000
/** After the store could not say who may see. */
const retryMs = 1_000

export function openPresenceWatch({
  presence,
  store,
  bus,
  clock,
  watchedMax,
  report,
}: PresenceWatchOptions): PresenceWatch {
  const watchersOf = new Map<UserId, Set<Watcher>>()
  const watchedBy = new Map<Watcher, Set<UserId>>()
  /** How a watched user was when that was last told, or first looked at. */
  const told = new Map<UserId, Seen>()
  const changed = new Map<UserId, Seen>()
  /** Whom a watcher may not see, and was told so: few, as people watch those whom they know. */
  const hiddenFrom = new Map<Watcher, Set<UserId>>()
  /** Who may see others than before, and be seen by others. */
  const moved = new Set<UserId>()
  let cancel: (() => void) | undefined
  /** The telling of one gathering after the other, so that none overtakes a later one. */
  let telling = Promise.resolve()

  function note(seen: Seen) {
    if (!watchersOf.has(seen.userId)) return
    changed.set(seen.userId, seen)
    cancel ??= clock.after(gatherMs, tellGathered)
  }

  function hearMoved({ body }: BusMessage) {
    if (watchedBy.size > 0) noteMoved(body.split(' ') as UserId[])
  }

  function noteMoved(userIds: Iterable<UserId>) {
    for (const userId of userIds) moved.add(userId)
    if (moved.size > 0) cancel ??= clock.after(gatherMs, tellGathered)
  }

  function tellGathered() {
    cancel = undefined
    telling = telling
      .then(tellChanged)
      .then(tellMoved)
      .catch((cause) => {
        report('presence: changes were not told', cause)
        cancel ??= clock.after(retryMs, tellGathered)
      })
  }

  async function tellChanged() {
    while (changed.size > 0) {
      const frames = new Map<Watcher, string[]>()
      let pairs = 0
      try {
        for (const [userId, seen] of changed) {
          if (pairs > 0 && pairs + (watchersOf.get(userId)?.size ?? 0) > pairsAtOnce) break
          pairs += await addFrames(frames, seen)
          // What came meanwhile is still to be told.
          if (changed.get(userId) === seen) changed.delete(userId)
        }
      } finally {
        for (const [watcher, all] of frames) watcher.push(...all)
      }
      if (changed.size > 0) await othersFirst()
    }
  }

  /** Answers how many watch the user. */
  async function addFrames(frames: Map<Watcher, string[]>, seen: Seen): Promise<number> {
    const { userId } = seen
    const watchers = [...(watchersOf.get(userId) ?? [])]
    if (watchers.length === 0) return 0
    told.set(userId, seen)
    const mutual = await store.mutual(
      userId,
      watchers.map((watcher) => watcher.userId),
    )
    const frame = encodePush('presence', shown(seen))
    for (const watcher of watchers) {
      if (!mutual.has(watcher.userId) && watcher.userId !== userId) continue
      // Gone, or no longer interested, while the store was asked.
      if (!watchersOf.get(userId)?.has(watcher)) continue
      hiddenFrom.get(watcher)?.delete(userId)
      const before = frames.get(watcher)
      if (before) before.push(frame)
      else frames.set(watcher, [frame])
    }
    return watchers.length
  }

  async function tellMoved() {
    const now = [...moved]
    moved.clear()
    let pairs = 0
    try {
      for (const [watcher, userIds] of concernedBy(new Set(now))) {
        await tellTurned(watcher, [...userIds])
        pairs += userIds.size
        if (pairs < pairsAtOnce) continue
        pairs = 0
        await othersFirst()
        await tellChanged()
      }
    } catch (cause) {
      for (const userId of now) moved.add(userId)
      throw cause
    }
  }

  /** Who watches one of these, and what these watch. One pass over all who watch here, however many moved. */
  function concernedBy(userIds: ReadonlySet<UserId>) {
    const concerned = new Map<Watcher, Set<UserId>>()
    if (userIds.size === 0) return concerned
    for (const [watcher, watched] of watchedBy)
      if (userIds.has(watcher.userId)) concerned.set(watcher, new Set(watched))
    for (const userId of userIds)
      for (const watcher of watchersOf.get(userId) ?? [])
        concerned.set(watcher, (concerned.get(watcher) ?? new Set()).add(userId))
    return concerned
  }

  /** Tells a watcher of those whom they may see now and could not before, or the other way about. */
  async function tellTurned(watcher: Watcher, userIds: readonly UserId[]) {
    const seen = await presence.look(userIds)
    const mutual = await store.mutual(watcher.userId, userIds)
    const hidden = hiddenFrom.get(watcher)
    const turned = seen.filter(
      ({ userId }) =>
        userId !== watcher.userId &&
        // Gone, or no longer interested, while the store was asked.
        watchersOf.get(userId)?.has(watcher) &&
        mutual.has(userId) === (hidden?.has(userId) ?? false),
    )
    noteHidden(watcher, userIds, mutual)
    const frames = turned.map((one) => encodePush('presence', shownTo(watcher.userId, mutual, one)))
    if (frames.length > 0) watcher.push(...frames)
  }

  function noteHidden(watcher: Watcher, userIds: readonly UserId[], mutual: ReadonlySet<UserId>) {
    const hidden = hiddenFrom.get(watcher) ?? new Set()
    for (const userId of userIds) {
      const isHidden = !mutual.has(userId) && userId !== watcher.userId
      if (isHidden && watchersOf.get(userId)?.has(watcher)) hidden.add(userId)
      else hidden.delete(userId)
    }
    if (hidden.size > 0) hiddenFrom.set(watcher, hidden)
    else hiddenFrom.delete(watcher)
  }

  /** What a cut may have swallowed shows in what was told last, or in who may see whom. */
  async function lookAgain() {
    noteMoved([...watchedBy.keys()].map(({ userId }) => userId))
    const watched = [...watchersOf.keys()]
    for (let from = 0; from < watched.length; from += lookAtOnce) {
      for (const seen of await presence.look(watched.slice(from, from + lookAtOnce))) compare(seen)
      if (from + lookAtOnce < watched.length) await othersFirst()
    }
  }

  function compare(seen: Seen) {
    const before = told.get(seen.userId)
    if (!before) told.set(seen.userId, seen)
    else if (before.status !== seen.status || before.lastSeenAt !== seen.lastSeenAt) note(seen)
  }

  const othersFirst = () => new Promise<void>((resolve) => clock.after(0, resolve))

  bus
    .subscribe([blocksChannel, sharingChannel], hearMoved)
    .catch((cause) => report('presence: who may see whom is not heard', cause))
  const stopHearing = presence.onChange(note)
  const stopHearingCuts = bus.onCut(() => {
    lookAgain().catch((cause) => report('presence: not looked at again after a cut', cause))
  })

  function stopWatching(watcher: Watcher, userId: UserId) {
    const watchers = watchersOf.get(userId)
    watchers?.delete(watcher)
    if (watchers?.size !== 0) return
    watchersOf.delete(userId)
    told.delete(userId)
    changed.delete(userId)
  }

  return {
    async watch(watcher, userIds) {
      const watched = watchedBy.get(watcher) ?? new Set()
      const all = new Set([...watched, ...userIds])
      if (all.size > watchedMax) {
        throw new Refusal('invalid', {
          errors: [{ path: 'userIds', message: `a connection may watch at most ${watchedMax} users` }],
        })
      }
      watchedBy.set(watcher, all)
      for (const userId of userIds) {
        const watchers = watchersOf.get(userId)
        if (watchers) watchers.add(watcher)
        else watchersOf.set(userId, new Set([watcher]))
      }
      const seen = await presence.look(userIds)
      for (const one of seen) if (watchersOf.has(one.userId)) compare(one)
      const mutual = await store.mutual(watcher.userId, userIds)
      noteHidden(watcher, userIds, mutual)
      return seen.map((one) => shownTo(watcher.userId, mutual, one))
    },
    unwatch(watcher, userIds) {
      const watched = watchedBy.get(watcher)
      for (const userId of userIds) {
        if (watched?.delete(userId)) stopWatching(watcher, userId)
        hiddenFrom.get(watcher)?.delete(userId)
      }
    },
    forget(watcher) {
      for (const userId of watchedBy.get(watcher) ?? []) stopWatching(watcher, userId)
      watchedBy.delete(watcher)
      hiddenFrom.delete(watcher)
    },
    [Symbol.dispose]() {
      stopHearing()
      stopHearingCuts()
      bus.unsubscribe([blocksChannel, sharingChannel], hearMoved)
      cancel?.()
    },
  }
}

/** How users are now, as far as the viewer may see. */
export const look = async (
  { presence, store }: { presence: PresenceBoard; store: Pick<Store, 'mutual'> },
  viewerId: UserId,
  userIds: readonly UserId[],
): Promise<Presence[]> => {
  const seen = await presence.look(userIds)
  const mutual = await store.mutual(viewerId, userIds)
  return seen.map((one) => shownTo(viewerId, mutual, one))
}

const shownTo = (viewerId: UserId, mutual: ReadonlySet<UserId>, seen: Seen): Presence =>
  mutual.has(seen.userId) || seen.userId === viewerId
    ? shown(seen)
    : { userId: seen.userId, status: 'offline', lastSeenAt: null }

const shown = ({ userId, status, lastSeenAt }: Seen): Presence => ({
  userId,
  status,
  lastSeenAt: isoTimeOrNull(lastSeenAt),
})
