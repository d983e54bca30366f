import { Redis } from 'ioredis'
import { freePort } from '../../lib/test-port.ts'
import { slotCount } from './slots.ts'
import { type OwnRedis, startOwnRedis } from './test-redis.ts'

/** A cluster of the test's own. */
export interface OwnCluster extends AsyncDisposable {
  /** Names one of its servers. */
  url: string
  /** Those that are written to, of which each has a third of the slots; then as many replicas, if any. */
  servers: OwnServer[]
  /** The server that holds a slot at first. */
  holderOf(slot: number): OwnServer
}

export interface OwnServer {
  redis: OwnRedis
  /** Speaks to this server alone. */
  client: Redis
  id: string
  port: number
}

const masters = 3
const lookEveryMs = 25

/**
 * Nobody is told when servers have agreed, so they are asked. With files of PEM `url` is one by TLS, and
 * `client` still comes without.
 */
export async function startOwnCluster({
  withReplicas = false,
  tls,
}: {
  withReplicas?: boolean
  tls?: PemFiles
} = {}): Promise<OwnCluster> {
  const stack = new AsyncDisposableStack()
  const servers = await Promise.all(
    Array.from({ length: withReplicas ? 2 * masters : masters }, () =>
      // After which silence a server is taken for dead.
      startServer(stack, { timeoutMs: withReplicas ? 1_000 : 15_000, tls }),
    ),
  )
  const [first] = servers
  if (!first) throw new Error('no server of a cluster')
  const firstSlot = (index: number) => Math.ceil((index * slotCount) / masters)
  await Promise.all(
    servers.slice(0, masters).map(async ({ client }, index) => {
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))
      await client.cluster('ADDSLOTSRANGE', firstSlot(index), firstSlot(index + 1) - 1)
    }),
  )
  for (const { port, tlsPort = port, busPort } of servers.slice(1))
    await first.client.call('CLUSTER', 'MEET', '127.0.0.1', String(tlsPort), String(busPort))
  const isKnown = `cluster_known_nodes:${servers.length}`
  await until(servers, async ({ client }) => (await client.cluster('INFO')).includes(isKnown))
  const replicas = servers.slice(masters)
  for (const [index, { client }] of replicas.entries())
    await client.cluster('REPLICATE', servers[index]?.id ?? '')
  await until(servers, async ({ client }) => (await client.cluster('INFO')).includes('cluster_state:ok'))
  await until(replicas, async ({ client }) => (await client.info('replication')).includes('link_status:up'))
  await until(servers, async ({ client }) => {
    const nodes = String(await client.cluster('NODES'))
    return (nodes.match(/\bslave\b/g) ?? []).length === replicas.length
  })
  return {
    servers,
    url: tls
      ? `rediss+cluster://127.0.0.1:${first.tlsPort}?ca=${encodeURIComponent(tls.cert)}`
      : `redis+cluster://127.0.0.1:${first.port}`,
    holderOf: (slot) => servers[Math.floor((slot * masters) / slotCount)] ?? first,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

interface PemFiles {
  /** Its own authority. */
  cert: string
  key: string
}

async function startServer(
  stack: AsyncDisposableStack,
  { timeoutMs, tls }: { timeoutMs: number; tls: PemFiles | undefined },
): Promise<OwnServer & { busPort: number; tlsPort: number | undefined }> {
  const busPort = await freePort()
  const tlsPort = tls && (await freePort())
  const redis = stack.use(
    await startOwnRedis(
      ...['--cluster-enabled', 'yes', '--cluster-port', String(busPort)],
      ...['--cluster-node-timeout', String(timeoutMs), '--repl-diskless-sync-delay', '0'],
      ...(tls
        ? [
            ...['--tls-port', String(tlsPort), '--tls-cluster', 'yes', '--tls-auth-clients', 'no'],
            ...['--tls-cert-file', tls.cert, '--tls-key-file', tls.key, '--tls-ca-cert-file', tls.cert],
          ]
        : []),
    ),
  )
  const port = Number(new URL(redis.url).port)
  const client = new Redis(port)
  client.on('error', () => undefined)
  stack.defer(() => client.disconnect())
  return { redis, client, port, busPort, tlsPort, id: String(await client.cluster('MYID')) }
}

async function until<Server>(servers: readonly Server[], isSo: (server: Server) => Promise<boolean>) {
  await Promise.all(
    servers.map(async (server) => {
      while (!(await isSo(server))) await Bun.sleep(lookEveryMs)
    }),
  )
}
