import type { EventLog, LogTail, OpenLogTail, StoreLog } from '../ports/event-log.ts'
import type { Broker, EngineSettings } from './engine.ts'
import { tailOfWritten } from './tail-of-written.ts'

/**
 * The log by Kafka, where there is one: its relay, and what of it is heard while nodes can't tell each other.
 */
export interface KafkaLog extends Broker {
  log: EventLog
  /** Of all nodes one relays at a time. */
  openRelay(): AsyncDisposable
  /** How many events are committed and not yet with Kafka. */
  relayLag(): Promise<number>
  openTail: OpenLogTail
  /** Whether a tail hears everything now. */
  readonly isHeard: boolean
}

/** Undefined where `KAFKA_BROKERS` doesn't say where one is. What it opens is closed with the stack. */
export async function openKafkaLog(
  { config, own, clock, report }: Omit<EngineSettings, 'company'> & { own: StoreLog },
  stack: AsyncDisposableStack,
): Promise<KafkaLog | undefined> {
  if (config.kafka === undefined) return undefined
  const { openKafkaEventLog } = await import('../drivers/kafka/event-log.ts')
  const { openRelay, relayGroup } = await import('../drivers/kafka/relay.ts')
  const log = stack.use(openKafkaEventLog({ address: config.kafka, clock, report }))
  let tail: LogTail | undefined
  return {
    log,
    get isUp() {
      return log.isUp
    },
    openRelay: () => openRelay(own, log),
    relayLag: () => own.lag(relayGroup),
    openTail: (hear) => {
      tail = tailOfWritten(log.tail(hear), { doneAgoMs: () => own.doneAgoMs(relayGroup), clock })
      return tail
    },
    get isHeard() {
      return tail?.reading !== undefined
    },
  }
}
