import { waitUntil } from '../../../load/src/measure/wait-until.ts'
import { holdFor } from '../hold.ts'
import { kill } from '../kill.ts'
import type { World } from './fault.ts'

const toleranceSeconds = 30

/**
 * Steps the clock, works on at that time, and steps it back; the server itself says what time it has. By
 * chance it is also killed and started at that time, so that nothing of the right one is in its memory.
 */
export async function stepClock(world: World, seconds: number, ms: number): Promise<string> {
  const { served, clock, crew, random } = world
  if (!clock) throw new Error('there is no libfaketime')
  const restarts = random.chance(0.5)
  clock.step(seconds)
  try {
    if (restarts) await kill(served, random.between(0, 1_000))
    const told = ((await crew.serverTime()) - Date.now()) / 1_000
    if (Math.abs(told - seconds) > toleranceSeconds)
      throw new Error(`the server's clock is ${told} s off, not ${seconds}`)
    const { acknowledged } = crew.tally
    await waitUntil('a send is acknowledged', () => crew.tally.acknowledged > acknowledged, {
      withinMs: 30_000,
    })
    await holdFor(ms)
    const sent = crew.tally.acknowledged - acknowledged
    const started = restarts ? ', started anew at that time' : ''
    return `its clock was ${Math.round(told)} s off${started}, ${sent} sends acknowledged meanwhile`
  } finally {
    clock.step(0)
  }
}
