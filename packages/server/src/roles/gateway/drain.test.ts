import { expect, test } from 'bun:test'
import { connectionId } from '@confab/protocol/ids'
import { manualClock } from '../../lib/manual-clock.ts'
import type { Connection } from './connection.ts'
import { openDrain } from './drain.ts'
import { StreamConnection } from './stream-connection.ts'
import { createStreamTopics } from './stream-topics.ts'

function setUp(count: number) {
  const clock = manualClock()
  const topics = createStreamTopics()
  const id = connectionId.parse('a connection')
  const connect = () => new StreamConnection(id, clock.elapsed(), { topics, onEnd: () => undefined })
  const connections = new Set<Connection>(Array.from({ length: count }, connect))
  const open = () => [...connections].filter(({ closed }) => !closed)
  return { clock, connections, open, drain: openDrain({ connections, clock }) }
}

test('[DRAIN4] some are told at a time, and the others go on as before', () => {
  const { clock, open, drain } = setUp(25)
  drain.begin()
  expect(open().map(({ leaving }) => leaving)).toEqual(Array.from({ length: 15 }, () => false))
  clock.advance(20)
  expect(open()).toHaveLength(5)
  clock.advance(20)
  expect(open()).toHaveLength(0)
})

test('[DRAIN4] however many there are, all are told within two seconds', () => {
  const { clock, open, drain } = setUp(20_000)
  drain.begin()
  expect(open()).toHaveLength(20_000 - 200)
  clock.advance(2_000)
  expect(open()).toHaveLength(0)
})

test('[DRAIN2] who was told is closed when their calls are answered', () => {
  const { connections, open, drain } = setUp(1)
  const [connection] = connections
  if (!connection) throw new Error('nobody is connected')
  connection.callsUnderWay = 1
  drain.closeAnswered(connection)
  drain.begin()
  expect(open().map(({ leaving }) => leaving)).toEqual([true])
  connection.callsUnderWay = 0
  drain.closeAnswered(connection)
  expect(open()).toEqual([])
})
