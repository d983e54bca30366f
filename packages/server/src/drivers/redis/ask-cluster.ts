import { z } from 'zod'
import type { RedisAddress, RedisHost } from '../../lib/redis-url.ts'
import { createClient } from './client.ts'

/** A server that is written to, with the slots that it holds. */
export interface Shard {
  /** Undefined where there is one, wherever the address says that it is. */
  host: RedisHost | undefined
  /** `host:port`, as the others name it. */
  name: string
  /** Changes with the slots that it holds. */
  slots: string
}

export interface ClusterView {
  shards: readonly Shard[]
  /** By slot. */
  owners: readonly (Shard | undefined)[]
  /** All servers, replicas too: any of them can be asked next time. */
  hosts: readonly RedisHost[]
}

/** More are not asked: they all know. */
const askedMax = 16

/** A range of slots, with the server that is written to and then its replicas. A name may be left out. */
const slotRanges = z.array(
  z.tuple([z.number(), z.number()]).rest(z.tuple([z.string().nullable(), z.number()]).rest(z.unknown())),
)

/**
 * Asks servers of the cluster, all at once, since one may be frozen, and takes the word of the one that has seen
 * the latest election: one that was cut off from the others tells what was. Rejects where nobody answers.
 */
export async function askCluster(address: RedisAddress, known: readonly RedisHost[]): Promise<ClusterView> {
  const asked = new Map([...known, ...address.hosts].map((one) => [nameOf(one), one]))
  const answers = await Promise.allSettled(
    [...asked.values()].slice(0, askedMax).map((host) => askServer(address, host)),
  )
  const told = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  const [latest] = told.sort((a, b) => b.epoch - a.epoch)
  if (latest) return latest.view
  throw answers.find((answer) => answer.status === 'rejected')?.reason ?? new Error('nobody was asked')
}

async function askServer(address: RedisAddress, host: RedisHost) {
  const client = createClient(address, { host, comesBack: false })
  // Told by the question.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const info = await client.cluster('INFO')
    const ranges = slotRanges.parse(await client.cluster('SLOTS'))
    return { epoch: Number(/^cluster_current_epoch:(\d+)/m.exec(info)?.[1] ?? 0), view: viewOf(ranges, host) }
  } finally {
    client.disconnect()
  }
}

function viewOf(ranges: z.infer<typeof slotRanges>, asked: RedisHost): ClusterView {
  const hosts = new Map<string, RedisHost>()
  const shards = new Map<string, Shard>()
  const owners: Shard[] = []
  for (const [from, to, ...servers] of [...ranges].sort(([a], [b]) => a - b)) {
    // One that knows no name of its own is reached by the name that it was asked by.
    const [host, ...replicas] = servers.map(([name, port]) => ({ host: name || asked.host, port }))
    if (!host) continue
    for (const one of [host, ...replicas]) hosts.set(nameOf(one), one)
    const name = nameOf(host)
    const shard = shards.get(name) ?? { host, name, slots: '' }
    shards.set(name, shard)
    shard.slots += `${from}-${to} `
    owners.length = Math.max(owners.length, to + 1)
    owners.fill(shard, from, to + 1)
  }
  return { shards: [...shards.values()], owners, hosts: [...hosts.values()] }
}

export const nameOf = ({ host, port }: RedisHost): string => `${host}:${port}`
