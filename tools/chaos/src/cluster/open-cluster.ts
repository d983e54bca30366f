import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Engine,
  type EngineName,
  engineCommands,
  startEngine,
} from '../../../load/src/engines/engine.ts'
import { freePort } from '../../../load/src/engines/free-port.ts'
import { waitUntil } from '../../../load/src/measure/wait-until.ts'
import { openServed } from '../served.ts'
import type { Stage } from '../stage.ts'
import type { Cluster, ClusterLengths, Node } from './cluster.ts'
import { clusterFaults, rolledWithinMs, rollingRestart, strikeOf } from './cluster-faults.ts'
import { type FaultyLink, openFaultyLink } from './faulty-link.ts'

export interface ClusterOptions {
  root: string
  /** An empty folder for the data of all. */
  folder: string
  lengths: ClusterLengths
  /** Whether the nodes have KAFKA_BROKERS, where a Kafka can be had. */
  withKafka: boolean
}

const programs = { postgres: 'initdb', redis: 'redis-server', rabbitmq: 'rabbitmqctl', proxy: 'haproxy' }
const chatRoles = 'accounts,chat,gateway'
const jobRoles = 'worker,mail'
const proxyWithinMs = 30_000

/** Why there can be no cluster here; undefined where there can. */
export function whyNoCluster(): string | undefined {
  const path = `${process.env.PATH}:/usr/sbin:/usr/lib/rabbitmq/bin:${[...postgresFolders()].join(':')}`
  const missing = Object.entries(programs).flatMap(([name, program]) =>
    Bun.which(program, { PATH: path }) === null ? [name === 'proxy' ? 'HAProxy' : name] : [],
  )
  return missing.length > 0
    ? `${missing.join(', ')} missing: tools/services --install fetches them`
    : undefined
}

const postgresFolders = () => new Bun.Glob('/usr/lib/postgresql/*/bin').scanSync({ onlyFiles: false })

/** Three nodes on PostgreSQL, Redis, RabbitMQ and Kafka, two of them behind HAProxy. */
export async function openCluster({ root, folder, lengths, withKafka }: ClusterOptions): Promise<Stage> {
  await using opened = new AsyncDisposableStack()
  // An engine that runs as its own user must be able to reach its data in there.
  chmodSync(folder, 0o711)
  const commands = engineCommands(root)
  const start = async (name: EngineName, command = commands[name]) =>
    opened.use(await startEngine({ name, folder, command }))
  const [one, other, third] = [await openWay(opened), await openWay(opened), await openWay(opened)]
  const ways = [one, other, third].map(({ port, link }) => `${port}:${link.port}`)
  const kafka = (...own: Parameters<typeof commands.kafka>) => [
    ...['env', `KAFKA_VIA=${ways.join(',')}`],
    ...commands.kafka(...own),
  ]
  const hasKafka = withKafka && canHaveKafka(root)
  const engines: Cluster['engines'] = {
    postgres: await start('postgres'),
    redis: await start('redis'),
    rabbitmq: await start('rabbitmq'),
    kafka: hasKafka ? await start('kafka', kafka) : undefined,
  }

  const dataDir = join(folder, 'files')
  mkdirSync(dataDir)
  const shared = { SECRET: 'a secret of the chaos test, of no worth', DATA_DIR: dataDir }
  async function startNode(roles: string, { link: kafka }: Way): Promise<Node> {
    const link = async ({ port }: Engine) => opened.use(await openFaultyLink(port))
    const links = {
      postgres: await link(engines.postgres),
      redis: await link(engines.redis),
      rabbitmq: await link(engines.rabbitmq),
      kafka,
    }
    const env = {
      ...shared,
      ROLES: roles,
      DATABASE_URL: `postgres://confab@127.0.0.1:${links.postgres.port}/postgres`,
      REDIS_URL: `redis://127.0.0.1:${links.redis.port}`,
      AMQP_URL: `amqp://127.0.0.1:${links.rabbitmq.port}`,
      ...(hasKafka && { KAFKA_BROKERS: `127.0.0.1:${kafka.port}` }),
    }
    return { links, served: opened.use(await openServed({ root, port: await freePort(), env })) }
  }
  const cluster: Cluster = {
    chats: [await startNode(chatRoles, one), await startNode(chatRoles, other)],
    jobs: await startNode(jobRoles, third),
    engines,
  }

  const hosts = cluster.chats.map(({ served }) => new URL(served.url).host.replace('localhost', '127.0.0.1'))
  const proxy = opened.use(
    await startEngine({
      name: 'haproxy',
      folder,
      command: (port, data) => [join(root, 'tools/proxy'), 'haproxy', data, String(port), ...hosts],
    }),
  )
  const url = `http://localhost:${proxy.port}`
  const isServing = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  await waitUntil('the proxy passes on', isServing, { withinMs: proxyWithinMs })
  const nodes = [...cluster.chats, cluster.jobs]
  const stack = opened.move()

  return {
    url,
    inboxUrl: cluster.chats[0].served.url,
    skipped: clusterFaults
      .filter((kind) => kind.includes('kafka') && !hasKafka)
      .map((kind) => ({ kind, why: 'Kafka can’t be had here: it needs Java and Maven Central' })),
    get starts() {
      return nodes.reduce((sum, { served }) => sum + served.starts, 0)
    },
    mustRun() {
      for (const { served } of nodes) served.mustRun()
      for (const engine of [...Object.values(engines), proxy]) engine?.mustRun()
    },
    stallMsMost: (kind) => (kind === rollingRestart ? rolledWithinMs : undefined),
    strike: (kind, by) => strikeOf(kind)({ cluster, lengths, ...by }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** To Kafka: a broker says itself where it is, so those who come by a link come by a port of their own. */
interface Way {
  port: number
  link: FaultyLink
}

async function openWay(opened: AsyncDisposableStack): Promise<Way> {
  const port = await freePort()
  return { port, link: opened.use(await openFaultyLink(port)) }
}

const canHaveKafka = (root: string): boolean =>
  Bun.which('java') !== null && Bun.spawnSync([join(root, 'tools/kafka'), '--fetch']).exitCode === 0
