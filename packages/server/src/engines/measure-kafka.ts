import type { Metrics } from '../lib/metrics.ts'
import type { KafkaLog } from './open-event-log.ts'

/**
 * How far the relay and the workers, who read as `group`, are behind. The lags cost a question each; while that
 * can't be answered they are as they were last. `isCut` says whether nodes can tell each other.
 */
export function measureKafka(
  kafka: KafkaLog,
  {
    metrics: { gauge },
    group,
    isCut,
  }: { metrics: Metrics; group: string; isCut?: (() => boolean) | undefined },
): void {
  gauge('confab_kafka_up', '1 while Kafka is there.', () => Number(kafka.isUp))
  gauge(
    'confab_event_log_relay_lag',
    'Events that are committed and not with Kafka yet.',
    lastKnown(kafka.relayLag, () => true),
  )
  gauge(
    'confab_event_log_lag',
    'Events that the workers have not counted yet.',
    lastKnown(
      () => kafka.log.lag(group),
      () => kafka.isUp,
    ),
  )
  if (isCut)
    gauge('confab_log_heard', '1 while the log is heard in place of the bus.', () =>
      Number(isCut() && kafka.isHeard),
    )
}

function lastKnown(read: () => Promise<number>, mayAsk: () => boolean): () => Promise<number> {
  let last = 0
  return async () => {
    const known = last
    if (!mayAsk()) return known
    const asked = read().then(
      (value) => (last = value),
      () => known,
    )
    return Promise.race([asked, Bun.sleep(1_000).then(() => known)])
  }
}
