import type { Crew } from '../crew/crew.ts'
import type { Random } from '../random.ts'
import type { Served } from '../served.ts'
import type { FaultyClock } from './faulty-clock.ts'

export const faultKinds = [
  'kill',
  'pause',
  'long-pause',
  'disk-full',
  'file-limit',
  'clock-forward',
  'clock-back',
] as const
export type FaultKind = (typeof faultKinds)[number]

/** What a fault strikes. */
export interface World {
  served: Served
  crew: Crew
  random: Random
  clock: FaultyClock | undefined
}

/** How a fault went. `evidence` says by what it is known to have taken place. */
export interface Struck {
  kind: FaultKind
  evidence: string
  /** From its beginning to its end. */
  lastedMs: number
  /** From its end until everybody is online, answered, and waits for nothing from before. */
  recoveredMs: number
}

/** Begins the fault, sees by a condition that it has taken place, ends it; answers the evidence. */
export type Strike = (world: World) => Promise<string>
