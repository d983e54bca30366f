import { expect, test } from 'bun:test'
import { userId } from '@confab/protocol/ids'
import { manualClock } from '../../lib/manual-clock.ts'
import { presenceContract } from '../../ports/presence.contract.ts'
import { createMemoryPresence, openMemoryPresence } from './presence.ts'

presenceContract(async (options) => {
  const presence = createMemoryPresence(options)
  const [here, there] = [presence.join(), presence.join()]
  return {
    here,
    there,
    crashThere: there.crash,
    async [Symbol.asyncDispose]() {
      await here[Symbol.asyncDispose]()
      there.crash()
    },
  }
})

test('[PRES9] who has left is remembered within a bound, the longest gone forgotten first', async () => {
  const clock = manualClock()
  await using board = openMemoryPresence({ clock, departedMax: 2 })
  const ids = [1, 2, 3].map((n) => userId.parse(`01939c2e-0000-7000-8000-00000000000${n}`))
  for (const id of ids) await board.connect(id, 'phone')
  for (const id of ids) await board.disconnect(id, 'phone')
  const seen = await board.look(ids)
  expect(seen.map(({ lastSeenAt }) => lastSeenAt)).toEqual([null, clock.now(), clock.now()])
})
