import { Redis } from 'ioredis'
import { type RedisAddress, type RedisHost, readTls } from '../../lib/redis-url.ts'

/** Longer than any command takes on an engine that is well, and short enough for whoever waits for it. */
const commandMs = 500
const connectMs = 2_000
const retryMsMax = 1_000

/**
 * A connection that comes back by itself. A command is answered or rejected within half a second and never
 * kept for later: by then nobody wants it.
 */
export function createClient(
  address: RedisAddress,
  {
    host = address.hosts[0],
    comesBack = true,
    random = Math.random,
  }: {
    /** Which server of a cluster; else the only one. */
    host?: RedisHost | undefined
    comesBack?: boolean
    random?: () => number
  } = {},
): Redis {
  const options = clientOptions(address, random)
  if (!comesBack) return new Redis({ ...options, ...host, retryStrategy: () => null })
  if (address.kind !== 'sentinel') return new Redis({ ...options, ...host })
  return new Redis({
    ...options,
    sentinels: address.hosts,
    name: address.master ?? '',
    sentinelRetryStrategy: retryWithin(random),
    // A frozen one is passed over for the next.
    sentinelCommandTimeout: commandMs,
    ...(address.sentinelUsername !== undefined && { sentinelUsername: address.sentinelUsername }),
    ...(address.sentinelPassword !== undefined && { sentinelPassword: address.sentinelPassword }),
    ...(options.tls && { enableTLSForSentinelMode: true, sentinelTLS: options.tls }),
  })
}

function clientOptions(address: RedisAddress, random: () => number) {
  const tls = readTls(address.tls)
  return {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandMs,
    connectTimeout: connectMs,
    disconnectTimeout: commandMs,
    retryStrategy: retryWithin(random),
    // A server that has become a replica takes no writes: its successor is found by connecting anew.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    connectionName: 'confab',
    db: address.database,
    ...(address.username !== undefined && { username: address.username }),
    ...(address.password !== undefined && { password: address.password }),
    ...(tls && { tls }),
  }
}

/** How a link asks a server whether it serves: one of a cluster answers also while the cluster is down. */
export const pingOf =
  ({ kind }: RedisAddress, client: Redis) =>
  async (): Promise<void> => {
    if (kind !== 'cluster') await client.ping()
    else if (!(await client.cluster('INFO')).includes('cluster_state:ok'))
      throw new Error('the cluster is down')
  }

/** After 50, 100, 200 … ms at most, a second in the end, each by chance between half of it and the whole. */
export const retryWithin = (random: () => number) => (attempt: number) =>
  Math.min(retryMsMax, 25 * 2 ** Math.min(attempt, 10)) * (0.5 + random() / 2)
