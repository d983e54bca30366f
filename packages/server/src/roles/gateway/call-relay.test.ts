import { expect, test } from 'bun:test'
import { connectionId, sessionId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import { openMemoryBus } from '../../drivers/memory/bus.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import { answeredWithinMs, openCallRelay, type StreamCall } from './call-relay.ts'

const own = sessionId.parse('own')
const other = sessionId.parse('other')

/** Two nodes on one bus, each of which answers its own streams' calls, and one session's alone. */
function twoNodes() {
  const clock = manualClock()
  const bus = openMemoryBus()
  const open = (name: string) =>
    openCallRelay({
      ...{ bus, clock, newId: Bun.randomUUIDv7 },
      report: (context, cause) => {
        throw new Error(context, { cause })
      },
      async answer({ sessionId, frame }: StreamCall) {
        if (sessionId !== own) throw new Refusal('not_found')
        if (frame === 'later') throw new Refusal('overloaded', { retryAfterMs: 1_000 })
        return frame === 'notify' ? undefined : `${name} answers ${frame}`
      },
    })
  return { clock, here: open('here'), there: open('there') }
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

test('[STREAM7] what its node does not answer in time is not found, and no id is a way to anything else', async () => {
  const { clock, here, there } = twoNodes()
  const id = there.newStreamId()
  there[Symbol.dispose]()
  let outcome: unknown = 'none yet'
  const asked = here.call({ id, sessionId: own, frame: 'a call' }).catch(({ code }) => {
    outcome = code
  })
  clock.advance(answeredWithinMs - 1)
  await Promise.resolve()
  expect(outcome).toBe('none yet')
  clock.advance(1)
  await asked
  expect(outcome).toBe('not_found')
  const made = connectionId.parse('anything')
  await expect(here.call({ id: made, sessionId: own, frame: 'a call' })).rejects.toMatchObject({
    code: 'not_found',
  })
})
