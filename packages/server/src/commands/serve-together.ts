import type { Config } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import { openLog, reportTo } from '../lib/log.ts'
import { createMetrics } from '../lib/metrics.ts'
import { claimPort } from '../lib/port-claim.ts'
import { endOnFailure, nextSignal } from '../lib/process-end.ts'
import { openProcessGroup } from '../lib/process-group.ts'

/**
 * Keeps several processes running on one port until a signal, and ends this one with their status. Each is a
 * server as any beside it: they meet on the engines, and discover nothing else of each other. `command` begins
 * one, its number behind it.
 */
export async function serveTogether(
  config: Config,
  { count, command }: { count: number; command: string[] },
): Promise<void> {
  const log = await openLog(config.logLevel, { process: 0 })
  const report = reportTo(log)
  endOnFailure(report)
  const signal = nextSignal()
  using claim = claimPort(config)
  const metrics = createMetrics()
  const group = openProcessGroup({
    count,
    command,
    env: { ...process.env, PORT: String(claim.port) },
    metrics: metrics.text,
    onUp: (up) => log.info({ up, count }, 'so many processes can serve'),
    clock: systemClock,
    report,
  })
  metrics.gauge('confab_processes_up', 'Processes that can serve.', () => group.up)
  metrics.counter('confab_process_restarts_total', 'Processes started again.', () => group.restarts)
  void group.ready.then((said) => process.stdout.write(`${said}  processes  ${count}\n`))
  const stopped = signal.then((name) => {
    log.info({ signal: name }, 'stopping all processes')
    return group.stop()
  })
  process.exit(await Promise.race([stopped, group.ended.finally(group.stop)]))
}
