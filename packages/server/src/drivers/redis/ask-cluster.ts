import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
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
/**
 * After the first answer so long is granted to the others: the frozen one for which all are asked gives none.
 */
const othersMs = 250

/** A range of slots, with the server that is written to and then its replicas. A name may be left out. */
const slotRanges = z.array(
  z.tuple([z.number(), z.number()]).rest(z.tuple([z.string().nullable(), z.number()]).rest(z.unknown())),
)

/**
 * Asks servers of the cluster, all at once, since one may be frozen, and takes the word of the one that has
 * seen the latest election: one that was cut off from the others tells what was.
 * Rejects where nobody answers.
 */
export async function askCluster(
  address: RedisAddress,
  { known, clock }: { known: readonly RedisHost[]; clock: Clock },
): Promise<ClusterView> {
  const hosts = new Map([...known, ...address.hosts].map((one) => [nameOf(one), one]))
  const asked = [...hosts.values()].slice(0, askedMax).map((host) => ({
    host,
    client: createClient(address, { host, comesBack: false }),
  }))
  const told: { epoch: number; view: ClusterView }[] = []
  const enough = Promise.withResolvers<undefined>()
  let cancel = () => undefined as unknown
  const all = Promise.allSettled(
    asked.map(async ({ host, client }) => {
      told.push(await askServer(client, host))
      if (told.length === 1) cancel = clock.after(othersMs, () => enough.resolve(undefined))
    }),
  )
  const answers = await Promise.race([all, enough.promise])
  cancel()
  for (const { client } of asked) client.disconnect()
  const [latest] = told.sort((a, b) => b.epoch - a.epoch)
  if (latest) return latest.view
  throw answers?.find((answer) => answer.status === 'rejected')?.reason ?? new Error('nobody was asked')
}

async function askServer(client: Redis, host: RedisHost) {
  // Told by the question.
  client.on('error', () => undefined)
  await client.connect()
  const info = await client.cluster('INFO')
  const ranges = slotRanges.parse(await client.cluster('SLOTS'))
  return { epoch: Number(/^cluster_current_epoch:(\d+)/m.exec(info)?.[1] ?? 0), view: viewOf(ranges, host) }
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
