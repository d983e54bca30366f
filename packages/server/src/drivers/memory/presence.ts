import type { UserId } from '@confab/protocol/ids'
import type { PresenceStatus } from '@confab/protocol/presence'
import type { Clock } from '../../lib/clock.ts'
import { createListeners } from '../../lib/listeners.ts'
import { putLatest } from '../../lib/put-latest.ts'
import { type Report, reportUncaught } from '../../lib/report.ts'
import type { PresenceBoard, Seen } from '../../ports/presence.ts'

/** Of who has left, so many are remembered; the longest gone are forgotten first, as if never here. */
const departedMax = 100_000

/**
 * What a node that dies leaves behind is gone after `leaseMs`, found out within another `renewEveryMs`: 30 s.
 */
const renewEveryMs = 5_000
const leaseMs = 25_000

interface Node {
  /** Its last sign of life. */
  renewedAt: number
}

interface Entry {
  // An array: nearly everybody has one connection, and a Map each would cost 200 bytes more.
  connections: { id: string; isAway: boolean; node: Node }[]
  chosen: 'busy' | 'invisible' | null
  lastSeenAt: number | null
}

export interface PresenceNode extends PresenceBoard {
  /** Ends as a process does that is killed: renews nothing, says nothing, hears nothing. */
  crash(): void
}

interface PresenceOptions {
  clock: Clock
  departedMax?: number
  report?: Report
}

/** The presence of a single process. */
export const openMemoryPresence = (options: PresenceOptions): PresenceBoard =>
  createMemoryPresence(options).join()

/** The presence of several nodes in one process, as a simulation has them. */
export function createMemoryPresence({
  clock,
  departedMax: max = departedMax,
  report = reportUncaught,
}: PresenceOptions): { join(): PresenceNode } {
  const nodes = new Set<Node>()
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
    putLatest(departed, userId, { value: entry, max })
  }

  const end = (userId: UserId, isEnded: (connection: Entry['connections'][number]) => boolean, at: number) =>
    change(userId, (entry) => {
      entry.connections = entry.connections.filter((connection) => !isEnded(connection))
      // Who was invisible left when they became so.
      if (entry.connections.length === 0 && entry.chosen !== 'invisible') entry.lastSeenAt = at
    })

  /** Takes away who was there through a node that is gone. */
  const endNode = (gone: Node, at: number): void => {
    nodes.delete(gone)
    for (const [userId, { connections }] of present)
      if (connections.some(({ node }) => node === gone)) end(userId, ({ node }) => node === gone, at)
  }

  function join(): PresenceNode {
    const self: Node = { renewedAt: clock.now() }
    const stopListening = new Set<() => void>()
    nodes.add(self)

    /** Renews its own lease first: who wakes from a long sleep is no ghost to itself. */
    function renew(): void {
      const now = clock.now()
      self.renewedAt = now
      nodes.add(self)
      for (const node of nodes) if (now - node.renewedAt >= leaseMs) endNode(node, node.renewedAt)
      cancel = clock.after(renewEveryMs, renew)
    }
    let cancel = clock.after(renewEveryMs, renew)

    function crash(): void {
      cancel()
      for (const stop of stopListening) stop()
    }

    return {
      crash,

      async connect(userId, connectionId) {
        change(userId, ({ connections }) => {
          if (!connections.some(({ id }) => id === connectionId))
            connections.push({ id: connectionId, isAway: false, node: self })
        })
      },

      async disconnect(userId, connectionId) {
        if (!present.get(userId)?.connections.some(({ id }) => id === connectionId)) return
        end(userId, ({ id }) => id === connectionId, clock.now())
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

      async setConnection(userId, connectionId, status) {
        change(userId, ({ connections }) => {
          const connection = connections.find(({ id }) => id === connectionId)
          if (connection) connection.isAway = status === 'away'
        })
      },

      async look(userIds) {
        return userIds.map((userId) => seen(userId, present.get(userId) ?? departed.get(userId)))
      },

      onChange(listener) {
        const stop = changes.add(listener)
        stopListening.add(stop)
        return stop
      },

      async [Symbol.asyncDispose]() {
        crash()
        endNode(self, clock.now())
      },
    }
  }

  return { join }
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
