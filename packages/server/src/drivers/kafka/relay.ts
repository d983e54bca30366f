import type { EventLog } from '../../ports/event-log.ts'
import type { KafkaEventLog } from './event-log.ts'

/** As whom the relay follows the store's own log. */
export const relayGroup = 'kafka'

/**
 * Writes what the store has committed to Kafka: of all nodes one at a time, which is the store's to elect,
 * from where the last one was. What was written and not noted is written again.
 */
export const openRelay = (source: EventLog, kafka: Pick<KafkaEventLog, 'publish'>): AsyncDisposable =>
  source.follow(relayGroup, (events) => kafka.publish(events))
