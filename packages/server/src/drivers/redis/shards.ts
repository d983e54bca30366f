import type { Clock } from '../../lib/clock.ts'
import { createListeners } from '../../lib/listeners.ts'
import type { Report } from '../../lib/report.ts'
import type { Shard } from './ask-cluster.ts'
import type { Link } from './link.ts'
import type { Topology } from './topology.ts'

/**
 * A connection to each server that is written to, as far as they are known: one, or those of a cluster. They
 * come and go with what the cluster tells of itself.
 */
export interface Shards<Part> extends AsyncDisposable {
  /** Whether every key has a server that answers. */
  readonly isUp: boolean
  /** When all of it was last surely well; when it was opened, at first. */
  readonly goodAt: number
  /** Calls whenever all are up, with the last time before at which they surely were. */
  onUp(listener: (since: number) => void): () => void
  /** The connection to the server that holds a key, up or not. */
  partOf(key: string): Part | undefined
  /** That to a server by its name. */
  partAt(name: string): Part | undefined
  parts(): Iterable<Part>
  /** Resolves once all are up, or have not come up within a moment. */
  begun: Promise<void>
}

const lookEveryMs = 500

export function openShards<Part extends { link: Link }>({
  topology,
  open,
  onMoved = () => undefined,
  clock,
  report,
}: {
  topology: Topology
  open: (shard: Shard) => Part
  /** Other slots than before are a server's that stays. */
  onMoved?: (part: Part) => void
  clock: Clock
  report: Report
}): Shards<Part> {
  const ups = createListeners<number>({ name: 'the connections to Redis', report })
  const openedAt = clock.now()
  const held = new Map<string, { shard: Shard; part: Part }>()
  /** From when on something may be missing, as long as nobody was told. */
  let pending: number | undefined

  const parts = () => [...held.values()].map(({ part }) => part)
  const isUp = () => topology.isWhole && held.size > 0 && parts().every(({ link }) => link.isUp)

  function miss(since: number) {
    pending = Math.min(pending ?? since, since)
  }

  function tellUp() {
    if (pending === undefined || !isUp()) return
    const since = pending
    pending = undefined
    ups.tell(since)
  }

  function follow() {
    const wanted = new Map(topology.shards.map((shard) => [shard.name, shard]))
    for (const [name, { shard, part }] of held) {
      const now = wanted.get(name)
      if (now && now.slots === shard.slots) continue
      // Whoever has its slots now tells nothing of what it said to them before.
      miss(part.link.goodAt)
      if (now) {
        held.set(name, { shard: now, part })
        onMoved(part)
      } else {
        held.delete(name)
        void part.link[Symbol.asyncDispose]()
      }
    }
    for (const shard of wanted.values()) if (!held.has(shard.name)) add(shard)
    tellUp()
  }

  function add(shard: Shard) {
    const part = open(shard)
    held.set(shard.name, { shard, part })
    part.link.onUp((since) => {
      miss(since)
      tellUp()
    })
  }

  function watch() {
    if (!isUp()) topology.refresh()
    cancel = clock.after(lookEveryMs, watch)
  }

  const stopFollowing = topology.onChange(follow)
  follow()
  let cancel = clock.after(lookEveryMs, watch)

  return {
    get isUp() {
      return isUp()
    },
    get goodAt() {
      const times = parts().map(({ link }) => link.goodAt)
      return Math.min(pending ?? Number.POSITIVE_INFINITY, ...(times.length > 0 ? times : [openedAt]))
    },
    onUp: (listener) => ups.add(listener),
    partOf(key) {
      const shard = topology.shardOf(key)
      return shard && held.get(shard.name)?.part
    },
    partAt: (name) => held.get(name)?.part,
    parts,
    begun: topology.begun.then(async () => {
      await Promise.all(parts().map(({ link }) => link.begun))
    }),
    async [Symbol.asyncDispose]() {
      cancel()
      stopFollowing()
      ups.clear()
      await Promise.all(parts().map(({ link }) => link[Symbol.asyncDispose]()))
    },
  }
}
