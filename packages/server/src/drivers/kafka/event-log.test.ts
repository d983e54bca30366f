import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Admin } from '@platformatic/kafka'
import { openLoggedWorld } from '../../../test/logged-world.ts'
import { until } from '../../../test/until.ts'
import { systemClock } from '../../lib/clock.ts'
import type { KafkaAddress } from '../../lib/kafka-address.ts'
import { eventLogContract } from '../../ports/event-log.contract.ts'
import type { LoggedEvent } from '../../ports/event-log.ts'
import { openedWith } from './client.ts'
import { openKafkaEventLog } from './event-log.ts'
import { openRelay } from './relay.ts'
import { addressOf, isKafkaAbsent, testAddress, testKafka } from './test-kafka.ts'

// Each joins a group, and a broker has other work.
setDefaultTimeout(60_000)

if (!isKafkaAbsent)
  describe.skipIf(testKafka === undefined)('by Kafka', () => {
    eventLogContract(async () => {
      const stack = new AsyncDisposableStack()
      const { openLog, ...opened } = await openLoggedWorld(stack)
      const address = addressOf(testAddress())
      const node = () =>
        stack.use(openKafkaEventLog({ address, clock: systemClock, report: () => undefined }))
      const [here, there] = [node(), node()]
      stack.use(openRelay(stack.use(openLog()), here))
      return { ...opened, here, there, [Symbol.asyncDispose]: () => stack.disposeAsync() }
    })

    test('[KAFKA8] a topic that is deleted under those who write is made again, and written on', async () => {
      const address = addressOf(testAddress())
      await using log = openKafkaEventLog({ address, clock: systemClock, report: () => undefined })
      await using stack = new AsyncDisposableStack()
      const { world, openLog } = await openLoggedWorld(stack)
      const ann = await world.user('ann')
      await world.group([ann])
      const events: LoggedEvent[] = []
      for await (const some of stack.use(openLog()).read('start')) events.push(...some)
      const held = async () => {
        const found: LoggedEvent[] = []
        for await (const some of log.read('start')) found.push(...some)
        return found
      }
      await log.publish(events)
      expect(await held()).toEqual(events)

      await using admin = adminOf(address)
      await admin.deleteTopics({ topics: [address.topic] })
      const isThereAgain = async () => {
        await log.publish(events)
        return (await held()).length > 0
      }
      await until(() => isThereAgain().catch(() => false), 'the topic to be there again')
      expect((await held()).slice(0, events.length)).toEqual(events)
    })
  })

const adminOf = (address: KafkaAddress) => {
  const admin = new Admin(openedWith(address))
  return Object.assign(admin, { [Symbol.asyncDispose]: () => admin.close() })
}
