import { encodePush } from '@confab/protocol/frames'
import type { UserId } from '@confab/protocol/ids'
import type { Presence } from '@confab/protocol/presence'
import { Refusal } from '@confab/protocol/refusal'
import type { Clock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import type { Bus, BusMessage } from '../../ports/bus.ts'
import type { PresenceBoard, Seen } from '../../ports/presence.ts'
import type { Store } from '../../ports/store.ts'
import { blocksChannel, sharingChannel } from '../delivery/channels.ts'
import { addFrame, type Frames, pushAll } from './frames.ts'
import { openMeanwhile } from './meanwhile.ts'
import { shown, shownTo } from './shown.ts'
import { tellTurned } from './tell-turned.ts'
import { openWatching, type Watcher } from './watching.ts'

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
  const watching = openWatching()
  /** How a watched user was when that was last told, or first looked at. */
  const told = new Map<UserId, Seen>()
  const changed = new Map<UserId, Seen>()
  /** Who may see others than before, and be seen by others. */
  const moved = new Set<UserId>()
  /** Who moved while the store was asked, and of whom a change was heard while the board was. */
  const meanwhile = openMeanwhile()
  const heard = openMeanwhile()
  let cancel: (() => void) | undefined
  /** The telling of one gathering after the other, so that none overtakes a later one. */
  let telling = Promise.resolve()

  function hear(seen: Seen) {
    heard.note([seen.userId])
    note(seen)
  }

  function note(seen: Seen) {
    if (watching.watchersOf(seen.userId).size === 0) return
    changed.set(seen.userId, seen)
    cancel ??= clock.after(gatherMs, tellGathered)
  }

  const hearMoved = ({ body }: BusMessage) => takeMoved(body.split(' ') as UserId[])

  function takeMoved(userIds: readonly UserId[]) {
    meanwhile.note(userIds)
    noteMoved(userIds)
  }

  function noteMoved(userIds: Iterable<UserId>) {
    for (const userId of userIds)
      if (watching.watchersOf(userId).size + watching.connectionsOf(userId).size > 0) moved.add(userId)
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
      const frames: Frames = new Map()
      let pairs = 0
      try {
        for (const [userId, seen] of changed) {
          if (pairs > 0 && pairs + watching.watchersOf(userId).size > pairsAtOnce) break
          pairs += await addFrames(frames, seen)
          // What came meanwhile is still to be told.
          if (changed.get(userId) === seen) changed.delete(userId)
        }
      } finally {
        pushAll(frames)
      }
      if (changed.size > 0) await othersFirst()
    }
  }

  /** Answers how many watch the user. */
  async function addFrames(frames: Frames, seen: Seen): Promise<number> {
    const { userId } = seen
    const watchers = [...watching.watchersOf(userId)]
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
      if (!watching.watchersOf(userId).has(watcher)) continue
      watching.noteHidden({ watcher, watched: userId }, false)
      addFrame(frames, watcher, frame)
    }
    return watchers.length
  }

  async function tellMoved() {
    const now = new Set(moved)
    moved.clear()
    let since = 0
    try {
      for await (const pairs of tellTurned({ presence, store, watching }, now)) {
        since += pairs
        if (since < pairsAtOnce) continue
        since = 0
        await othersFirst()
        await tellChanged()
      }
    } catch (cause) {
      for (const userId of now) moved.add(userId)
      throw cause
    }
  }

  /** What a cut may have swallowed shows in what was told last, or in who may see whom. */
  async function lookAgain() {
    const watched = watching.everybody()
    takeMoved(watched)
    for (let from = 0; from < watched.length; from += lookAtOnce) {
      await lookAt(watched.slice(from, from + lookAtOnce))
      if (from + lookAtOnce < watched.length) await othersFirst()
    }
  }

  /**
   * How users are, compared with what was told of them last. What was heard of one meanwhile is left to be
   * told: if it isn't later than the look, then what comes after it is.
   */
  async function lookAt(userIds: readonly UserId[]): Promise<Seen[]> {
    using question = heard.begin()
    const all = await presence.look(userIds)
    const changedSince = new Set(question.moved(userIds))
    for (const seen of all) if (!changedSince.has(seen.userId)) compare(seen)
    return all
  }

  function compare(seen: Seen) {
    if (watching.watchersOf(seen.userId).size === 0) return
    const before = told.get(seen.userId)
    if (!before) told.set(seen.userId, seen)
    else if (before.status !== seen.status || before.lastSeenAt !== seen.lastSeenAt) note(seen)
  }

  const othersFirst = () => new Promise<void>((resolve) => clock.after(0, resolve))

  bus
    .subscribe([blocksChannel, sharingChannel], hearMoved)
    .catch((cause) => report('presence: who may see whom is not heard', cause))
  const stopHearing = presence.onChange(hear)
  const stopHearingCuts = bus.onCut(() => {
    lookAgain().catch((cause) => report('presence: not looked at again after a cut', cause))
  })

  function forgetUsers(userIds: readonly UserId[]) {
    for (const userId of userIds) {
      told.delete(userId)
      changed.delete(userId)
    }
  }

  return {
    async watch(watcher, userIds) {
      if (new Set([...watching.watchedBy(watcher), ...userIds]).size > watchedMax) {
        throw new Refusal('invalid', {
          errors: [{ path: 'userIds', message: `a connection may watch at most ${watchedMax} users` }],
        })
      }
      watching.add(watcher, userIds)
      using question = meanwhile.begin()
      const toldBefore = userIds.map((userId) => told.get(userId))
      const seen = await lookAt(userIds)
      const mutual = await store.mutual(watcher.userId, userIds)
      for (const userId of userIds)
        watching.noteHidden({ watcher, watched: userId }, userId !== watcher.userId && !mutual.has(userId))
      // What the store answers it may have read before they moved, and that may have been told since.
      noteMoved(question.moved([watcher.userId, ...userIds]))
      return seen.map((one, index) => {
        const now = told.get(one.userId)
        // A change that was told meanwhile is later than the look, or what comes after it is told yet.
        return shownTo(watcher.userId, mutual, now && now !== toldBefore[index] ? now : one)
      })
    },
    unwatch: (watcher, userIds) => forgetUsers(watching.remove(watcher, userIds)),
    forget: (watcher) => forgetUsers(watching.forget(watcher)),
    [Symbol.dispose]() {
      stopHearing()
      stopHearingCuts()
      bus.unsubscribe([blocksChannel, sharingChannel], hearMoved)
      cancel?.()
    },
  }
}
