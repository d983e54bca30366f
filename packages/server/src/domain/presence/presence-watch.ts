import { encodePush } from '@confab/protocol/frames'
import type { UserId } from '@confab/protocol/ids'
import type { Presence } from '@confab/protocol/presence'
import { Refusal } from '@confab/protocol/refusal'
import { isoTimeOrNull } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import type { PresenceBoard, Seen } from '../../ports/presence.ts'
import type { Store } from '../../ports/store.ts'

/**
 * Tells of presence to those who watch and may see: who shares a conversation at that very moment. To
 * others a user is offline and was never here. A change costs its watchers, whoever else is connected.
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
  push(frame: string): void
}

export interface PresenceWatchOptions {
  presence: PresenceBoard
  store: Pick<Store, 'sharing'>
  watchedMax: number
  report: Report
}

export function openPresenceWatch({
  presence,
  store,
  watchedMax,
  report,
}: PresenceWatchOptions): PresenceWatch {
  const watchersOf = new Map<UserId, Set<Watcher>>()
  const watchedBy = new Map<Watcher, Set<UserId>>()
  /** The telling of one change after the other, so that none overtakes a later one. */
  let telling = Promise.resolve()

  async function tell(seen: Seen) {
    const watchers = watchersOf.get(seen.userId)
    if (!watchers) return
    const sharing = await store.sharing(
      seen.userId,
      [...watchers].map(({ userId }) => userId),
    )
    const frame = encodePush('presence', shown(seen))
    for (const watcher of watchers) {
      if (sharing.has(watcher.userId) || watcher.userId === seen.userId) watcher.push(frame)
    }
  }

  const stopHearing = presence.onChange((seen) => {
    if (!watchersOf.has(seen.userId)) return
    telling = telling
      .then(() => tell(seen))
      .catch((cause) => report('presence: a change was not told', cause))
  })

  function stopWatching(watcher: Watcher, userId: UserId) {
    const watchers = watchersOf.get(userId)
    watchers?.delete(watcher)
    if (watchers?.size === 0) watchersOf.delete(userId)
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
      return look({ presence, store }, watcher.userId, userIds)
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
    [Symbol.dispose]: stopHearing,
  }
}

/** How users are now, as far as the viewer may see. */
export async function look(
  { presence, store }: { presence: PresenceBoard; store: Pick<Store, 'sharing'> },
  viewerId: UserId,
  userIds: readonly UserId[],
): Promise<Presence[]> {
  const [sharing, seen] = await Promise.all([store.sharing(viewerId, userIds), presence.look(userIds)])
  return seen.map((one) =>
    sharing.has(one.userId) || one.userId === viewerId
      ? shown(one)
      : { userId: one.userId, status: 'offline', lastSeenAt: null },
  )
}

const shown = ({ userId, status, lastSeenAt }: Seen): Presence => ({
  userId,
  status,
  lastSeenAt: isoTimeOrNull(lastSeenAt),
})
