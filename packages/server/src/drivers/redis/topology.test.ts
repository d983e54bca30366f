import { expect, test } from 'bun:test'
import { assert } from '../../lib/assert.ts'
import { systemClock } from '../../lib/clock.ts'
import { parseRedisUrl } from '../../lib/redis-url.ts'
import { freePort } from '../../lib/test-port.ts'
import { openTopology } from './topology.ts'

test('[REDIS14] while no server tells anything the next look comes later each time, by chance', async () => {
  const address = parseRedisUrl(`redis+cluster://127.0.0.1:${await freePort()}`)
  assert(address, 'no address')
  const waits: number[] = []
  const chances = [1, 1, 1, 1, 1, 0]
  const enough = Promise.withResolvers<void>()
  // What is waited for comes at once.
  const clock = {
    ...systemClock,
    after(delayMs: number, action: () => void) {
      waits.push(delayMs)
      if (chances.length === 0) enough.resolve()
      const timer = setImmediate(action)
      return () => clearImmediate(timer)
    },
  }
  await using _topology = openTopology(address, {
    ...{ clock, report: () => undefined },
    random: () => chances.shift() ?? 1,
  })
  await enough.promise
  const [, ...pauses] = waits
  expect(pauses).toEqual([250, 500, 1_000, 2_000, 2_000, 400])
})
