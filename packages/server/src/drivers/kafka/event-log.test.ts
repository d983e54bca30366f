import { describe, setDefaultTimeout } from 'bun:test'
import { openLoggedWorld } from '../../../test/logged-world.ts'
import { systemClock } from '../../lib/clock.ts'
import { eventLogContract } from '../../ports/event-log.contract.ts'
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
  })
