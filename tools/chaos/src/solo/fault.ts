import type { Crew } from '../crew/crew.ts'
import type { Random } from '../random.ts'
import type { Served } from '../served.ts'
import type { Skipped } from '../stage.ts'
import type { FaultyClock } from './faulty-clock.ts'

export const soloFaults = [
  'kill',
  'pause',
  'long-pause',
  'disk-full',
  'file-limit',
  'clock-forward',
  'clock-back',
] as const
export type SoloFault = (typeof soloFaults)[number]

/** What a fault strikes. */
export interface World {
  served: Served
  dataDir: string
  crew: Crew
  random: Random
  clock: FaultyClock | undefined
}

/** What this machine does not allow is named, so that nobody takes it for done. */
export function skippedFaults({ hasDisk, hasClock }: { hasDisk: boolean; hasClock: boolean }): Skipped[] {
  const why: Partial<Record<SoloFault, string>> = {
    ...(!hasDisk && { 'disk-full': 'no file system may be mounted here; file-limit stands in for it' }),
    ...(!hasClock && { 'clock-forward': 'libfaketime is missing', 'clock-back': 'libfaketime is missing' }),
  }
  return soloFaults.flatMap((kind) => (why[kind] === undefined ? [] : [{ kind, why: why[kind] }]))
}
