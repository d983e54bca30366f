import type { Engine, EngineName } from '../../../load/src/engines/engine.ts'
import { waitUntil } from '../../../load/src/measure/wait-until.ts'
import type { Crew } from '../crew/crew.ts'
import { now } from '../crew/recorder.ts'
import { holdFor } from '../hold.ts'
import { kill } from '../kill.ts'
import { pause } from '../pause.ts'
import type { Random } from '../random.ts'
import type { Cluster, ClusterLengths, Node } from './cluster.ts'

/** What a fault strikes. */
export interface World {
  cluster: Cluster
  crew: Crew
  random: Random
  lengths: ClusterLengths
}

type Strike = (world: World) => Promise<string>

const seenWithinMs = 30_000

/** One of the two nodes with sockets, by chance. */
const aChat = ({ cluster, random }: World): Node => cluster.chats[random.chance(0.5) ? 0 : 1]

const killNode =
  (nodeOf: (world: World) => Node): Strike =>
  (world) =>
    kill(nodeOf(world).served, world.random.between(0, world.lengths.down))

const pauseNode =
  (nodeOf: (world: World) => Node): Strike =>
  (world) =>
    pause(nodeOf(world).served, world.lengths.pause)

function engineOf({ cluster }: World, name: EngineName): Engine {
  const engine = cluster.engines[name]
  if (!engine) throw new Error(`there is no ${name} here`)
  return engine
}

/** The chat goes on meanwhile: sends are acknowledged while the engine is away. */
async function goesOn({ crew }: World): Promise<string> {
  const { acknowledged } = crew.tally
  await waitUntil('a send is acknowledged', () => crew.tally.acknowledged > acknowledged, {
    withinMs: seenWithinMs,
  })
  return 'a send acknowledged meanwhile'
}

const killEngine =
  (name: EngineName): Strike =>
  async (world) => {
    const engine = engineOf(world, name)
    await engine.end('SIGKILL')
    await holdFor(world.lengths.down)
    const seen = await goesOn(world)
    await engine.start()
    return `killed, away for ${seconds(world.lengths.down)}, ${seen}`
  }

/** Nothing can be acknowledged meanwhile: that it is back and takes connections is what is seen. */
async function killPostgres({ cluster, lengths }: World): Promise<string> {
  const engine = cluster.engines.postgres
  await engine.end('SIGKILL')
  await holdFor(lengths.down)
  await engine.start()
  return `killed, away for ${seconds(lengths.down)}, recovered from its log`
}

/** Longer than a node waits for a database that says nothing. */
const frozenMs = 8_000
/** By then all of its processes have stopped. */
const stoppedWithinMs = 500

async function freezePostgres({ cluster, crew }: World): Promise<string> {
  const engine = cluster.engines.postgres
  engine.freeze()
  try {
    await holdFor(stoppedWithinMs)
    const stoppedAt = now()
    await holdFor(frozenMs)
    // An answer to what was sent before may take its time.
    if (crew.tally.acknowledgedDue > stoppedAt)
      throw new Error('a send was acknowledged while PostgreSQL stood still')
  } finally {
    engine.thaw()
  }
  return `stopped for ${seconds(stoppedWithinMs + frozenMs)}, nothing that was due meanwhile acknowledged`
}

async function freeze(engine: Engine, world: World): Promise<string> {
  engine.freeze()
  try {
    await holdFor(world.lengths.down)
    return `stopped for ${seconds(world.lengths.down)}, ${await goesOn(world)}`
  } finally {
    engine.thaw()
  }
}

async function flushRedis({ cluster }: World): Promise<string> {
  const { port } = cluster.engines.redis
  const { stdout } = Bun.spawnSync(['redis-cli', '-p', String(port), 'FLUSHALL'])
  if (stdout.toString().trim() !== 'OK') throw new Error(`Redis was not flushed: ${stdout}`)
  return 'all keys gone'
}

const restart =
  (name: EngineName, signal: NodeJS.Signals, how: string): Strike =>
  async (world) => {
    const engine = engineOf(world, name)
    await engine.end(signal)
    await engine.start()
    return how
  }

/** Nothing between one node and an engine, both of which are well. */
const cutFrom =
  (name: EngineName, nodeOf: (world: World) => Node = aChat): Strike =>
  async (world) => {
    const link = nodeOf(world).links[name]
    link.cut()
    try {
      await waitUntil('something was held up', () => link.held > 0, { withinMs: seenWithinMs })
      await holdFor(world.lengths.cut)
    } finally {
      link.pass()
    }
    return `${link.held} pieces held up for ${seconds(world.lengths.cut)}`
  }

const slowDelayMs = 50
const slowTo =
  (name: EngineName, nodeOf: (world: World) => Node = aChat): Strike =>
  async (world) => {
    const link = nodeOf(world).links[name]
    link.delay(slowDelayMs)
    try {
      await waitUntil('something was late', () => link.held > 0, { withinMs: seenWithinMs })
      await holdFor(world.lengths.cut)
    } finally {
      link.pass()
    }
    return `${link.held} pieces ${slowDelayMs} ms late each, for ${seconds(world.lengths.cut)}`
  }

export const rollingRestart = 'rolling-restart'
/** No client waits longer while a new version is brought in. */
export const rolledWithinMs = 2_000
/**
 * As long as whatever rolls it out sees the new node be ready before it takes the next (`minReadySeconds`).
 */
const settledMs = 1_000

/** One after the other, as a new version is brought in. */
async function roll({ cluster }: World): Promise<string> {
  for (const { served } of [...cluster.chats, cluster.jobs]) {
    served.signal('SIGTERM')
    await served.gone()
    if (served.ended !== 'status 0') throw new Error(`a node that was to drain ended with ${served.ended}`)
    await served.start()
    await holdFor(settledMs)
  }
  return 'each node drained, ended with 0 and started, one after the other'
}

/** Both at once. */
const pair =
  (one: Strike, other: Strike): Strike =>
  async (world) =>
    (await Promise.all([one(world), other(world)])).join('; ')

const jobsOf = ({ cluster }: World): Node => cluster.jobs
const killChat = killNode(aChat)
const freezeRedis: Strike = (world) => freeze(world.cluster.engines.redis, world)
const restartPostgres = restart('postgres', 'SIGQUIT', 'immediate shutdown, recovered from its log')

const strikes = {
  'chat-kill': killChat,
  'chat-pause': pauseNode(aChat),
  'jobs-kill': killNode(jobsOf),
  'jobs-pause': pauseNode(jobsOf),
  'redis-kill': killEngine('redis'),
  'redis-freeze': freezeRedis,
  'redis-flush': flushRedis,
  'redis-restart': restart('redis', 'SIGTERM', 'shut down in order and started'),
  'postgres-restart': restartPostgres,
  'postgres-kill': killPostgres,
  'postgres-freeze': freezePostgres,
  'rabbitmq-kill': killEngine('rabbitmq'),
  'kafka-kill': killEngine('kafka'),
  'cut-from-postgres': cutFrom('postgres'),
  'slow-to-postgres': slowTo('postgres'),
  'cut-from-redis': cutFrom('redis'),
  'slow-to-redis': slowTo('redis'),
  'cut-from-rabbitmq': cutFrom('rabbitmq', jobsOf),
  'slow-to-rabbitmq': slowTo('rabbitmq', jobsOf),
  'cut-from-kafka': cutFrom('kafka', jobsOf),
  'slow-to-kafka': slowTo('kafka', jobsOf),
  [rollingRestart]: roll,
  'redis-freeze and chat-kill': pair(freezeRedis, killChat),
  'postgres-restart and cut-from-redis': pair(restartPostgres, cutFrom('redis')),
  'redis-kill and jobs-kill': pair(killEngine('redis'), killNode(jobsOf)),
  'redis-kill and kafka-kill': pair(killEngine('redis'), killEngine('kafka')),
} satisfies Record<string, Strike>

/** Each alone, and some in pairs. */
export const clusterFaults = Object.keys(strikes)

export function strikeOf(kind: string): Strike {
  const strike = Object.entries(strikes).find(([name]) => name === kind)?.[1]
  if (!strike) throw new Error(`there is no fault ${kind}`)
  return strike
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`
