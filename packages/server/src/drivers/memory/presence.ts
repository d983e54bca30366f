import type { UserId } from '@confab/protocol/ids'
import type { PresenceStatus } from '@confab/protocol/presence'
import type { Clock } from '../../lib/clock.ts'
import { createListeners } from '../../lib/listeners.ts'
import { type Report, reportUncaught } from '../../lib/report.ts'
import type { PresenceBoard, Seen } from '../../ports/presence.ts'

/** Of who has left, so many are remembered; the longest gone are forgotten first, as if never here. */
const departedMax = 100_000

interface Entry {
  // An array: nearly everybody has one connection, and a Map each would cost 200 bytes more.
  connections: { id: string; isAway: boolean }[]
  chosen: 'busy' | 'invisible' | null
  lastSeenAt: number | null
}

/** The presence of a single process: a connection that isn't disconnected is there, for its node is this one. */
export function openMemoryPresence({
  clock,
  departedMax: max = departedMax,
  report = reportUncaught,
}: {
  clock: Clock
  departedMax?: number
  report?: Report
}): PresenceBoard {
  const present = new Map<UserId, Entry>()
  /** In the order of leaving. */
  const departed = new Map<UserId, Entry>()
  const changes = createListeners<Seen>({ name: 'presence', report })

  const change = (userId: UserId, edit: (entry: Entry) => void): void => {
    const entry = present.get(userId) ??
      departed.get(userId) ?? { connections: [], chosen: null, lastSeenAt: null }
    const before = statusOf(entry)
    edit(entry)
    keep(userId, entry)
    if (statusOf(entry) !== before) changes.tell(seen(userId, entry))
  }

  const keep = (userId: UserId, entry: Entry): void => {
    departed.delete(userId)
    if (entry.connections.length > 0) {
      present.set(userId, entry)
      return
    }
    present.delete(userId)
    if (entry.lastSeenAt === null && entry.chosen === null) return
    departed.set(userId, entry)
    const [longestGone] = departed.keys()
    if (departed.size > max && longestGone !== undefined) departed.delete(longestGone)
  }

  return {
    async connect(userId, connectionId) {
      change(userId, ({ connections }) => {
        if (!connections.some(({ id }) => id === connectionId))
          connections.push({ id: connectionId, isAway: false })
      })
    },

    async disconnect(userId, connectionId) {
      if (!present.get(userId)?.connections.some(({ id }) => id === connectionId)) return
      change(userId, (entry) => {
        entry.connections = entry.connections.filter(({ id }) => id !== connectionId)
        // Who was invisible left when they became so.
        if (entry.connections.length === 0 && entry.chosen !== 'invisible') entry.lastSeenAt = clock.now()
      })
    },

    async choose(userId, connectionId, status) {
      change(userId, (entry) => {
        if (status === 'invisible' && statusOf(entry) !== 'offline') entry.lastSeenAt = clock.now()
        if (status === 'busy' || status === 'invisible') {
          entry.chosen = status
          return
        }
        entry.chosen = null
        const connection = entry.connections.find(({ id }) => id === connectionId)
        if (connection) connection.isAway = status === 'away'
      })
    },

    async look(userIds) {
      return userIds.map((userId) => seen(userId, present.get(userId) ?? departed.get(userId)))
    },

    onChange: (listener) => changes.add(listener),

    async [Symbol.asyncDispose]() {
      present.clear()
      departed.clear()
      changes.clear()
    },
  }
}

function statusOf({ connections, chosen }: Entry): PresenceStatus {
  if (connections.length === 0 || chosen === 'invisible') return 'offline'
  if (chosen === 'busy') return 'busy'
  return connections.some(({ isAway }) => !isAway) ? 'online' : 'away'
}

function seen(userId: UserId, entry: Entry | undefined): Seen {
  if (!entry) return { userId, status: 'offline', lastSeenAt: null }
  const status = statusOf(entry)
  return { userId, status, lastSeenAt: status === 'offline' ? entry.lastSeenAt : null }
}
