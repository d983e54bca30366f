import type { Random } from '../random.ts'
import { now } from './recorder.ts'

export interface Arrivals {
  perSecond: number
  random: Random
  /** What is due at an instant. Not waited for: what is slow holds up nothing that is due after it. */
  due: (at: number) => void
  goesOn: () => boolean
}

/**
 * An open loop: arrivals of a Poisson process, as of many people who know nothing of each other,
 * whatever is answered.
 */
export async function arrive({ perSecond, random, due, goesOn }: Arrivals): Promise<void> {
  for (let next = now(); goesOn(); next += (-Math.log(1 - random.next()) * 1_000) / perSecond) {
    const waitMs = next - now()
    if (waitMs > 0) await Bun.sleep(waitMs)
    if (goesOn()) due(next)
  }
}
