import { ProduceAcks, Producer, stringSerializers } from '@platformatic/kafka'
import type { LoggedEvent } from '../../ports/event-log.ts'
import type { Opened } from './client.ts'
import { recordOf } from './records.ts'

/**
 * Writes to a topic, one call after the other. The brokers know a repeat of the client's own (it is
 * idempotent); after a failure it begins as another one,
 * so that what failed is written again by whoever comes again.
 */
export function openProducer(opened: Opened) {
  let current: ReturnType<typeof open> | undefined

  const open = () =>
    new Producer({ ...opened, serializers: stringSerializers, idempotent: true, acks: ProduceAcks.ALL })

  const close = async (): Promise<void> => {
    const producer = current
    current = undefined
    await producer?.close().catch(() => undefined)
  }

  return {
    async send(topic: string, events: readonly LoggedEvent[]): Promise<void> {
      current ??= open()
      try {
        if (events.length > 0)
          await current.send({ messages: events.map((event) => ({ topic, ...recordOf(event) })) })
      } catch (cause) {
        await close()
        throw cause
      }
    },
    [Symbol.asyncDispose]: close,
  }
}
