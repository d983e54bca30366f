import { assert } from '../../lib/assert.ts'
import { parseKafkaAddress } from '../../lib/kafka-address.ts'
import { type OwnEngine, type OwnEngineOptions, startOwnEngine } from '../../lib/test-own-engine.ts'

/** Where `tools/services` says that a Kafka runs for the tests; without one they are skipped. */
export const testKafka = process.env.TEST_KAFKA_BROKERS
/** Where whoever runs them has said that there is none, they aren't there, and count as nothing. */
export const isKafkaAbsent = process.env.TEST_KAFKA_ABSENT !== undefined

/** A topic of a test's own on that one. */
export const testAddress = (): string => `${testKafka}/test-${crypto.randomUUID()}?partitions=3`

export function addressOf(text: string) {
  const address = parseKafkaAddress(text)
  assert(address, `${text} is no address`)
  return address
}

export interface TestKafka extends OwnEngine {
  url: string
}

/**
 * `settings` are lines of kafka.properties, `files` what they name,
 * `words` go to tools/kafka.
 */
export async function startTestKafka({
  listeners = '',
  ...own
}: Pick<OwnEngineOptions, 'settings' | 'files' | 'words'> & {
  /** Further ones, as tools/kafka has them named. */
  listeners?: string
} = {}): Promise<TestKafka> {
  const engine = await startOwnEngine({
    tool: 'kafka',
    ready: 'Kafka Server started',
    settingsFile: 'kafka.properties',
    env: { KAFKA_LISTENERS: listeners },
    ...own,
  })
  return { ...engine, url: `kafka://127.0.0.1:${engine.port}` }
}
