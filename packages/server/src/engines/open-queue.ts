import type { KeptJobs } from '../drivers/rabbitmq/kept-jobs.ts'
import { keyedDigest16 } from '../lib/hash.ts'
import type { Queue } from '../ports/queue.ts'
import type { Broker, EngineSettings } from './engine.ts'

/** RabbitMQ where `AMQP_URL` says where, over the jobs that the database keeps; else the database alone. */
export async function openQueue(
  { config, clock, report }: Omit<EngineSettings, 'company' | 'anew'>,
  { key, kept, alone }: { key: Uint8Array; kept: () => KeptJobs; alone: () => Queue },
): Promise<{ queue: Queue; broker: Broker | undefined }> {
  if (config.amqpUrls === undefined) return { queue: alone(), broker: undefined }
  const { openRabbitQueue } = await import('../drivers/rabbitmq/queue.ts')
  // Installations may share a broker; nodes of one SECRET are one installation.
  const name = `confab-${Buffer.from(keyedDigest16(key, 'queues')).toString('hex')}`
  const queue = openRabbitQueue({ urls: config.amqpUrls, name, jobs: kept(), clock, report })
  return { queue, broker: queue }
}
