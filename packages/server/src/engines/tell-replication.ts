import type { Logger } from '../lib/log.ts'
import type { Metrics } from '../lib/metrics.ts'
import type { Replication } from './engine.ts'

/**
 * Says in the log and by metrics what stands beside the primary. Answers the checks of what can be done
 * without for a while: each replica, and the standby where there was one at the start.
 */
export function tellReplication(
  replication: Replication,
  { metrics, log }: { metrics: Metrics; log: Logger },
): Record<string, () => Promise<void>> {
  const { replicas, pageCounts, isGuarded: wasGuarded } = replication
  metrics.gauge(
    'confab_synchronous_standby',
    'Whether each commit waits for a standby, so that a failover to it loses nothing.',
    () => Number(replication.isGuarded),
  )
  if (!wasGuarded)
    log.warn('no synchronous standby: what was acknowledged last may be lost in a failover of the database')
  const checks: Record<string, () => Promise<void>> = {
    ...(wasGuarded && { standby: () => holds(replication.isGuarded) }),
  }
  for (const [index, replica] of replicas.entries())
    checks[`replica ${index + 1}`] = () => holds(replica.isFit)
  if (replicas.length === 0) return checks

  const byReplica = (of: (replica: Replication['replicas'][number]) => number) => () =>
    Object.fromEntries(replicas.map((replica, index) => [index + 1, of(replica)]))
  metrics.gauges(
    'confab_replica_up',
    'Whether a read replica is asked for pages.',
    'replica',
    byReplica(({ isFit }) => Number(isFit)),
  )
  metrics.gauges(
    'confab_replica_lag_seconds',
    'How far a read replica was behind at the last look.',
    'replica',
    byReplica(({ behindMs }) => behindMs / 1_000),
  )
  metrics.counters(
    'confab_pages_total',
    'Pages of history: answered by a replica; behind or failed there and then asked of the primary; or of the primary.',
    'by',
    () => ({ ...pageCounts }),
  )
  return checks
}

async function holds(is: boolean): Promise<void> {
  if (!is) throw new Error('not given')
}
