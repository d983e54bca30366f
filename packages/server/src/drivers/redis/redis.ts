import { type Clock, systemClock } from '../../lib/clock.ts'
import { parseRedisUrl, type RedisAddress } from '../../lib/redis-url.ts'
import type { Report } from '../../lib/report.ts'
import { createClient } from './client.ts'
import { type Link, openLink } from './link.ts'
import { loadScripts, type Script } from './script.ts'

/** One Redis, as the drivers of this folder share it: a connection for commands. */
export interface RedisEngine extends AsyncDisposable {
  address: RedisAddress
  clock: Clock
  report: Report
  commands: Link
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
  const client = createClient(address)
  // Loaded before anything runs: one that came back unknown would be overtaken by what was asked after it.
  const prepare = () => loadScripts(client, scripts)
  const commands = openLink({ client, clock, report, prepare })
  await commands.begun
  return {
    ...{ address, clock, report, commands },
    [Symbol.asyncDispose]: () => commands[Symbol.asyncDispose](),
  }
}
