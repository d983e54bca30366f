import { expect, test } from 'bun:test'
import { connectionId, sessionId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import { lossyBus } from '../../domain/delivery/lossy-bus.ts'
import { openMemoryBus } from '../../drivers/memory/bus.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import {
  answeredWithinMs,
  atItAfterMs,
  heardLatelyMs,
  heardWithinMs,
  openCallRelay,
  type StreamCall,
  underWayOfSessionMax,
} from './call-relay.ts'

const own = sessionId.parse('own')
const other = sessionId.parse('other')

/** Two nodes on one bus, each of which answers its own streams' calls, and one session's alone. */
function twoNodes() {
  const clock = manualClock()
  const bus = lossyBus(openMemoryBus())
  const held = Promise.withResolvers<void>()
  const reports: unknown[] = []
  const open = (name: string) =>
    openCallRelay({
      ...{ bus, clock, newId: Bun.randomUUIDv7 },
      report: (_context, cause) => reports.push(cause),
      async answer({ sessionId, frame }: StreamCall) {
        if (sessionId !== own) throw new Refusal('not_found')
        if (frame === 'slow') await held.promise
        if (frame === 'broken') throw new Error('broken')
        if (frame === 'later') throw new Refusal('overloaded', { retryAfterMs: 1_000 })
        return frame === 'notify' ? undefined : `${name} answers ${frame}`
      },
    })
  return { bus, clock, reports, answerSlow: held.resolve, here: open('here'), there: open('there') }
}

test('[STREAM7] a call is answered by the node that holds the stream, whichever it comes to', async () => {
  const { here, there } = twoNodes()
  const id = there.newStreamId()
  for (const relay of [here, there]) {
    expect(await relay.call({ id, sessionId: own, frame: 'a call' })).toBe('there answers a call')
    expect(await relay.call({ id, sessionId: own, frame: 'notify' })).toBeUndefined()
    await expect(relay.call({ id, sessionId: other, frame: 'a call' })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(relay.call({ id, sessionId: own, frame: 'later' })).rejects.toMatchObject({
      code: 'overloaded',
      retryAfterMs: 1_000,
    })
  }
})

/** What becomes of a call, as far as it has become anything. */
function follow(call: Promise<string | undefined>): { outcome: unknown } {
  const followed: { outcome: unknown } = { outcome: 'none yet' }
  call.then(
    (reply) => Object.assign(followed, { outcome: reply }),
    ({ code, retryAfterMs }) => Object.assign(followed, { outcome: { code, retryAfterMs } }),
  )
  return followed
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
const busy = { code: 'overloaded', retryAfterMs: 1_000 }
const notFound = { code: 'not_found', retryAfterMs: undefined }

test('[STREAM8] a stream that nobody holds is not found within a second, and no id is a way to anything else', async () => {
  const { clock, here } = twoNodes()
  const asked = follow(
    here.call({ id: connectionId.parse(Bun.randomUUIDv7()), sessionId: own, frame: 'a call' }),
  )
  clock.advance(heardWithinMs - 1)
  await settled()
  expect(asked.outcome).toBe('none yet')
  clock.advance(1)
  await settled()
  expect(asked.outcome).toEqual(notFound)
  const made = follow(here.call({ id: connectionId.parse('anything'), sessionId: own, frame: 'a call' }))
  await settled()
  expect(made.outcome).toEqual(notFound)
})

test('[STREAM10] while the bus is cut a call of another node is to come again, and of its own is answered', async () => {
  const { bus, clock, here, there } = twoNodes()
  const call = { id: there.newStreamId(), sessionId: own, frame: 'a call' }
  bus.cut()
  const [elsewhere, atHome] = [follow(here.call(call)), follow(there.call(call))]
  await settled()
  expect([elsewhere.outcome, atHome.outcome]).toEqual([busy, 'there answers a call'])
  bus.mend()
  expect(await here.call(call)).toBe('there answers a call')
  clock.advance(heardLatelyMs + 1)
  // Cut while it is on its way, and mended before anybody looks.
  bus.loseNext(1)
  const lost = follow(here.call(call))
  bus.cut()
  bus.mend()
  clock.advance(heardWithinMs)
  await settled()
  expect(lost.outcome).toEqual(busy)
})

test('[STREAM8] a node that takes its time says that it is at it, and is waited for, but not for ever', async () => {
  const { clock, here, there, answerSlow } = twoNodes()
  const call = { id: there.newStreamId(), sessionId: own, frame: 'slow' }
  const first = follow(here.call(call))
  clock.advance(atItAfterMs)
  await settled()
  clock.advance(answeredWithinMs - atItAfterMs - 1)
  const second = follow(here.call(call))
  await settled()
  expect(first.outcome).toBe('none yet')
  clock.advance(1)
  await settled()
  expect([first.outcome, second.outcome]).toEqual([busy, 'none yet'])
  answerSlow()
  await settled()
  expect(second.outcome).toBe('there answers slow')
})

test('[STREAM8] who was there just now and says nothing is unavailable; later, gone', async () => {
  const { clock, here, there } = twoNodes()
  const call = { id: there.newStreamId(), sessionId: own, frame: 'a call' }
  await here.call(call)
  there[Symbol.dispose]()
  const soon = follow(here.call(call))
  clock.advance(heardWithinMs)
  await settled()
  expect(soon.outcome).toEqual(busy)
  clock.advance(heardLatelyMs)
  const later = follow(here.call(call))
  clock.advance(heardWithinMs)
  await settled()
  expect(later.outcome).toEqual(notFound)
})

test('[STREAM8] a call that fails there is reported there, and to be tried again', async () => {
  const { here, there, reports } = twoNodes()
  const asked = follow(here.call({ id: there.newStreamId(), sessionId: own, frame: 'broken' }))
  await settled()
  expect({ outcome: asked.outcome, reports }).toEqual({ outcome: busy, reports: [new Error('broken')] })
})

test('[STREAM9] a session has so many calls under way to other nodes and no more; others are not held up', async () => {
  const { here, there, answerSlow } = twoNodes()
  const call = { id: there.newStreamId(), sessionId: own, frame: 'slow' }
  const asked = Array.from({ length: underWayOfSessionMax }, () => follow(here.call(call)))
  const over = follow(here.call(call))
  const another = follow(here.call({ ...call, sessionId: other }))
  await settled()
  expect(asked.map(({ outcome }) => outcome)).toEqual(asked.map(() => 'none yet'))
  expect(over.outcome).toEqual({ code: 'rate_limited', retryAfterMs: 1_000 })
  expect(another.outcome).toEqual(notFound)
  answerSlow()
  await settled()
  expect(asked.map(({ outcome }) => outcome)).toEqual(asked.map(() => 'there answers slow'))
  expect(await here.call(call)).toBe('there answers slow')
})
