import { backoffMs } from '../../lib/backoff.ts'
import type { Clock } from '../../lib/clock.ts'
import { createListeners } from '../../lib/listeners.ts'
import type { RedisAddress } from '../../lib/redis-url.ts'
import type { Report } from '../../lib/report.ts'
import { askCluster, type ClusterView, type Shard } from './ask-cluster.ts'
import { plainError } from './plain-error.ts'
import { slotCount, slotOf } from './slots.ts'

/** Which server holds what. */
export interface Topology extends AsyncDisposable {
  readonly shards: readonly Shard[]
  /** Whether every key has a server. */
  readonly isWhole: boolean
  shardOf(key: string): Shard | undefined
  onChange(listener: () => void): () => void
  /** Looks again, soon: something has moved, or a server is away. */
  refresh(): void
  /** Resolves once it is known, or wasn't told within a moment. */
  begun: Promise<void>
}

/**
 * Between one look and the next, longer each time that nothing has changed: every node looks,
 * at every server.
 */
const pauses = { firstMs: 250, mostMs: 2_000 }
/** Who had no reason to look for so long begins with the shortest pause again. */
const calmMs = 10_000
const beginMs = 2_000

interface TopologySettings {
  clock: Clock
  random?: () => number
  report: Report
}

export function openTopology(address: RedisAddress, settings: TopologySettings): Topology {
  if (address.kind === 'cluster') return openClusterTopology(address, settings)
  const only: Shard = { host: undefined, name: '', slots: 'all' }
  return {
    ...{ shards: [only], isWhole: true, begun: Promise.resolve() },
    shardOf: () => only,
    onChange: () => () => undefined,
    refresh: () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** Asked of every server that is known, whenever one is missed or answers that something has moved. */
function openClusterTopology(
  address: RedisAddress,
  { clock, random = Math.random, report }: TopologySettings,
): Topology {
  const changes = createListeners<undefined>({ name: 'the cluster’s servers', report })
  const begun = Promise.withResolvers<void>()
  let view: ClusterView = { shards: [], owners: [], hosts: [] }
  let isWhole = false
  let hasTold = false
  let closed = false
  let looking: Promise<void> | undefined
  /** Something has moved since it was looked. */
  let isDue = false
  let cancel = () => undefined as unknown
  /** Looks in a row that found what was known. */
  let vain = 0
  let lookedAt = clock.elapsed()

  async function look() {
    try {
      const found = await askCluster(address, { known: view.hosts, clock })
      if (closed) return
      hasTold = false
      const before = JSON.stringify(view.shards)
      view = found
      isWhole = found.owners.filter(Boolean).length === slotCount
      begun.resolve()
      if (JSON.stringify(found.shards) === before) return
      vain = 0
      changes.tell(undefined)
    } catch (cause) {
      if (!hasTold && !closed)
        report('redis: no server of the cluster tells of it; it is tried on', plainError(cause))
      hasTold = true
    }
  }

  function refresh() {
    isDue = looking !== undefined
    if (looking || closed) return
    if (clock.elapsed() - lookedAt > calmMs) vain = 0
    looking = look().finally(() => {
      if (closed) return
      lookedAt = clock.elapsed()
      cancel = clock.after(backoffMs(vain++, { ...pauses, random }), () => {
        looking = undefined
        if (isDue || !isWhole) refresh()
      })
    })
  }

  const cancelBegin = clock.after(beginMs, begun.resolve)
  refresh()

  return {
    get shards() {
      return view.shards
    },
    get isWhole() {
      return isWhole
    },
    shardOf: (key) => view.owners[slotOf(key)],
    onChange: (listener) => changes.add(listener),
    refresh,
    begun: begun.promise,
    async [Symbol.asyncDispose]() {
      closed = true
      cancel()
      cancelBegin()
      begun.resolve()
      changes.clear()
      await looking
    },
  }
}
