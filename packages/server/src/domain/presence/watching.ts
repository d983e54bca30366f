import type { UserId } from '@confab/protocol/ids'

/** A connection that watches. */
export interface Watcher {
  userId: UserId
  push(...frames: string[]): void
}

/** A watcher, and one of those whom it watches. */
export interface Pair {
  watcher: Watcher
  watched: UserId
}

/** Who watches whom on this node, and whom of these they were told that they may not see. */
export interface Watching {
  /** Everybody who is watched. */
  everybody(): UserId[]
  watchersOf(userId: UserId): ReadonlySet<Watcher>
  watchedBy(watcher: Watcher): ReadonlySet<UserId>
  /** Of a user's connections those that watch. */
  connectionsOf(userId: UserId): ReadonlySet<Watcher>
  add(watcher: Watcher, userIds: readonly UserId[]): void
  /** Answers with those whom nobody watches any more. */
  remove(watcher: Watcher, userIds: Iterable<UserId>): UserId[]
  /** Forgets a connection that has ended; answers likewise. */
  forget(watcher: Watcher): UserId[]
  isHidden(pair: Pair): boolean
  /** Passes over a pair that is no more: gone, or no longer interested, while the store was asked. */
  noteHidden(pair: Pair, isHidden: boolean): void
}

const nobody: ReadonlySet<never> = new Set()

export function openWatching(): Watching {
  const watchers = new Map<UserId, Set<Watcher>>()
  const watched = new Map<Watcher, Set<UserId>>()
  const connections = new Map<UserId, Set<Watcher>>()
  /** Few, as people watch those whom they know. */
  const hidden = new Map<Watcher, Set<UserId>>()

  function remove(watcher: Watcher, userIds: Iterable<UserId>): UserId[] {
    const unwatched: UserId[] = []
    for (const userId of userIds) {
      noteHidden({ watcher, watched: userId }, false)
      watched.get(watcher)?.delete(userId)
      if (drop(watchers, userId, watcher)) unwatched.push(userId)
    }
    return unwatched
  }

  function noteHidden({ watcher, watched: userId }: Pair, isHidden: boolean) {
    if (!isHidden) drop(hidden, watcher, userId)
    else if (watchers.get(userId)?.has(watcher)) put(hidden, watcher, userId)
  }

  return {
    everybody: () => [...watchers.keys()],
    watchersOf: (userId) => watchers.get(userId) ?? nobody,
    watchedBy: (watcher) => watched.get(watcher) ?? nobody,
    connectionsOf: (userId) => connections.get(userId) ?? nobody,
    add(watcher, userIds) {
      for (const userId of userIds) {
        put(watchers, userId, watcher)
        put(watched, watcher, userId)
        put(connections, watcher.userId, watcher)
      }
    },
    remove,
    forget(watcher) {
      const unwatched = remove(watcher, [...(watched.get(watcher) ?? [])])
      watched.delete(watcher)
      drop(connections, watcher.userId, watcher)
      return unwatched
    },
    isHidden: ({ watcher, watched: userId }) => hidden.get(watcher)?.has(userId) ?? false,
    noteHidden,
  }
}

function put<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value) {
  const set = sets.get(key)
  if (set) set.add(value)
  else sets.set(key, new Set([value]))
}

/** Answers whether that was the key's last. */
function drop<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): boolean {
  const set = sets.get(key)
  return (set?.delete(value) ?? false) && set?.size === 0 && sets.delete(key)
}
