import { Redis } from 'ioredis'
import { type RedisAddress, readTls } from '../../lib/redis-url.ts'

/** Longer than any command takes on an engine that is well, and short enough for whoever waits for it. */
const commandMs = 500
const connectMs = 2_000
const retryMsMax = 1_000

/**
 * A connection that comes back by itself. A command is answered or rejected within half a second and never
 * kept for later: by then nobody wants it.
 */
export function createClient(address: RedisAddress, random: () => number = Math.random): Redis {
  const options = clientOptions(address, random)
  const [first] = address.hosts
  if (address.kind !== 'sentinel') return new Redis({ ...options, ...first })
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

/** After 50, 100, 200 … ms at most, a second in the end, each by chance between half of it and the whole. */
export const retryWithin = (random: () => number) => (attempt: number) =>
  Math.min(retryMsMax, 25 * 2 ** Math.min(attempt, 10)) * (0.5 + random() / 2)
