import { encodePush } from '@confab/protocol/frames'
import type { UserId } from '@confab/protocol/ids'
import type { Presence } from '@confab/protocol/presence'
import { Refusal } from '@confab/protocol/refusal'
import { assert } from '../../lib/assert.ts'
import { type Clock, isoTimeOrNull } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import type { Bus, BusMessage } from '../../ports/bus.ts'
import type { PresenceBoard, Seen } from '../../ports/presence.ts'
import type { Store } from '../../ports/store.ts'
import { blocksChannel } from '../delivery/channels.ts'

/**
 * Tells of presence to those who watch and may see: who shares a conversation at that very moment, where
 * neither has blocked the other. To others a user is offline and was never here. A change costs its
 * watchers, whoever else is connected; many changes at once, a crowd that comes back, are one write to
 * each watcher (docs/decisions/0011).
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
  let cancel: (() => void) | undefined
  /** The telling of one gathering after the other, so that none overtakes a later one. */
  let telling = Promise.resolve()

  function note(seen: Seen) {
    if (!watchersOf.has(seen.userId)) return
    changed.set(seen.userId, seen)
    cancel ??= clock.after(gatherMs, tellGathered)
  }

  function tellGathered() {
    cancel = undefined
    telling = telling.then(tellChanged).catch((cause) => {
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
      const before = frames.get(watcher)
      if (before) before.push(frame)
      else frames.set(watcher, [frame])
    }
    return watchers.length
  }

  /** What a cut may have swallowed shows in what was told last. */
  async function lookAgain() {
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

  /** Two of whom one has blocked the other, or no longer has, see each other otherwise from now on. */
  function hearBlock({ body }: BusMessage) {
    const [one, other] = body.split(' ').map((id) => id as UserId)
    assert(one && other, `a block between ${body}`)
    Promise.all([tellAnew(one, other), tellAnew(other, one)]).catch((cause) =>
      report('presence: a block was not told', cause),
    )
  }

  async function tellAnew(viewerId: UserId, watched: UserId) {
    const watchers = [...(watchersOf.get(watched) ?? [])].filter((watcher) => watcher.userId === viewerId)
    if (watchers.length === 0) return
    const [seen] = await look({ presence, store }, viewerId, [watched])
    if (seen) for (const watcher of watchers) watcher.push(encodePush('presence', seen))
  }

  bus.subscribe([blocksChannel], hearBlock).catch((cause) => report('presence: blocks are not heard', cause))
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
      return visible(seen, { viewerId: watcher.userId, store })
    },
    unwatch(watcher, userIds) {
      const watched = watchedBy.get(watcher)
      for (const userId of userIds) {
        if (watched?.delete(userId)) stopWatching(watcher, userId)
      }
    },
    forget(watcher) {
      for (const userId of watchedBy.get(watcher) ?? []) stopWatching(watcher, userId)
      watchedBy.delete(watcher)
    },
    [Symbol.dispose]() {
      stopHearing()
      stopHearingCuts()
      bus.unsubscribe([blocksChannel], hearBlock)
      cancel?.()
    },
  }
}

/** How users are now, as far as the viewer may see. */
export const look = async (
  { presence, store }: { presence: PresenceBoard; store: Pick<Store, 'mutual'> },
  viewerId: UserId,
  userIds: readonly UserId[],
): Promise<Presence[]> => visible(await presence.look(userIds), { viewerId, store })

async function visible(
  seen: readonly Seen[],
  { viewerId, store }: { viewerId: UserId; store: Pick<Store, 'mutual'> },
): Promise<Presence[]> {
  const mutual = await store.mutual(
    viewerId,
    seen.map(({ userId }) => userId),
  )
  return seen.map((one) =>
    mutual.has(one.userId) || one.userId === viewerId
      ? shown(one)
      : { userId: one.userId, status: 'offline', lastSeenAt: null },
  )
}

const shown = ({ userId, status, lastSeenAt }: Seen): Presence => ({
  userId,
  status,
  lastSeenAt: isoTimeOrNull(lastSeenAt),
})
