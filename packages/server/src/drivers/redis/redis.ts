import { type Clock, systemClock } from '../../lib/clock.ts'
import { parseRedisUrl, type RedisAddress } from '../../lib/redis-url.ts'
import type { Report } from '../../lib/report.ts'
import { type Commands, openCommands } from './commands.ts'
import type { Script } from './script.ts'
import { openTopology, type Topology } from './topology.ts'

/**
 * One Redis, or a cluster, as the drivers of this folder share it: where it is, and connections for commands.
 */
export interface RedisEngine extends AsyncDisposable {
  address: RedisAddress
  topology: Topology
  clock: Clock
  report: Report
  commands: Commands
}

/** Waits a moment for an engine that is down, begins without it, and tries it until it is there. */
export async function openRedis({
  url,
  scripts,
  clock = systemClock,
  report,
}: {
  url: string
  /** All that the drivers run. */
  scripts: readonly Script[]
  clock?: Clock
  report: Report
}): Promise<RedisEngine> {
  const address = parseRedisUrl(url)
  if (!address) throw new Error('no address of a Redis')
  const stack = new AsyncDisposableStack()
  const topology = stack.use(openTopology(address, { clock, report }))
  const commands = stack.use(openCommands({ address, topology, scripts, clock, report }))
  await commands.begun
  return {
    ...{ address, topology, clock, report, commands },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
