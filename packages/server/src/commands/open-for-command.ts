import type { Config } from '../config.ts'
import type { Engine, EngineSettings } from '../engines/engine.ts'
import { openEngine } from '../engines/open-engine.ts'
import { systemClock } from '../lib/clock.ts'
import { type Logger, openLog, reportTo } from '../lib/log.ts'
import type { Report } from '../lib/report.ts'

export interface Opened {
  engine: Engine
  log: Logger
  report: Report
}

/**
 * What every command begins with. Unless it says that it works beside others it has the installation to
 * itself, and is refused while a server runs. What it opens is closed with the stack.
 */
export async function openForCommand(
  config: Config,
  stack: AsyncDisposableStack,
  { company = 'alone', anew = false }: Partial<Pick<EngineSettings, 'company' | 'anew'>> = {},
): Promise<Opened> {
  const log = await openLog(config.logLevel)
  const report = reportTo(log)
  const engine = await openEngine({ config, company, anew, clock: systemClock, report }, stack)
  return { engine, log, report }
}
