import { expect, test } from 'bun:test'
import { connectionId } from '@confab/protocol/ids'
import { manualClock } from '../../lib/manual-clock.ts'
import type { Connection } from './connection.ts'
import { openDrain } from './drain.ts'
import { StreamConnection } from './stream-connection.ts'
import { createStreamTopics } from './stream-topics.ts'

/** `lateMs`: a busy machine calls each timer so much later than it was asked to. */
function setUp(count: number, { lateMs = 0 } = {}) {
  const time = manualClock()
  const clock = { ...time, after: (ms: number, act: () => void) => time.after(ms + lateMs, act) }
  const topics = createStreamTopics()
  const id = connectionId.parse('a connection')
  const connect = () => new StreamConnection(id, clock.elapsed(), { topics, onEnd: () => undefined })
  const connections = new Set<Connection>(Array.from({ length: count }, connect))
  const open = () => [...connections].filter(({ closed }) => !closed)
  return { clock, connections, open, drain: openDrain({ connections, clock }) }
}

test('[DRAIN4] some are told at a time, and the others go on as before', () => {
  const { clock, open, drain } = setUp(8)
  drain.begin()
  expect(open().map(({ leaving }) => leaving)).toEqual(Array.from({ length: 5 }, () => false))
  clock.advance(20)
  expect(open()).toHaveLength(2)
  clock.advance(20)
  expect(open()).toHaveLength(0)
})

test('[DRAIN4] however many there are, all are told within three seconds', () => {
  const { clock, open, drain } = setUp(20_000)
  drain.begin()
  expect(open()).toHaveLength(20_000 - 134)
  clock.advance(3_000)
  expect(open()).toHaveLength(0)
})

test('[DRAIN4] so they are where the turns come late', () => {
  const { clock, open, drain } = setUp(1_000, { lateMs: 700 })
  drain.begin()
  clock.advance(720)
  expect(open()).toHaveLength(1_000 - 247)
  clock.advance(4 * 720)
  expect(open()).toHaveLength(0)
})

test('[DRAIN6] who moves on a notice is told like the others, and left a second later', () => {
  const { clock, connections, open, drain } = setUp(8)
  for (const connection of connections) connection.movesOnNotice = true
  drain.begin()
  clock.advance(980)
  expect(open().map(({ leaving }) => leaving)).toEqual(Array.from({ length: 8 }, () => false))
  clock.advance(20)
  expect(open()).toHaveLength(5)
  clock.advance(40)
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

test('[EPOCH2] who is answered nothing any more is closed within two seconds, though they move on a notice', () => {
  for (const [count, withinMs] of [
    [450, 880],
    [20_000, 1_980],
  ] as const) {
    const { clock, connections, open, drain } = setUp(count)
    for (const connection of connections) {
      connection.leaving = true
      connection.movesOnNotice = true
    }
    drain.begin()
    expect(open().length).toBeGreaterThan(count / 2)
    clock.advance(withinMs)
    expect(open()).toHaveLength(0)
  }
})
