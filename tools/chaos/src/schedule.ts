import { type FaultKind, faultKinds } from './faults/fault.ts'
import type { Random } from './random.ts'

/** What a seed does: every possible kind once in a shuffled round, then further rounds, as many as wanted. */
export function scheduleOf(
  random: Random,
  { rounds, kinds }: { rounds: number; kinds: readonly FaultKind[] },
) {
  const possible = faultKinds.filter((kind) => kinds.includes(kind))
  return Array.from({ length: rounds }, () => random.shuffled(possible)).flat()
}

export interface Skipped {
  kind: FaultKind
  why: string
}

/** What this machine does not allow is named, so that nobody takes it for done. */
export function skippedKinds({ hasDisk, hasClock }: { hasDisk: boolean; hasClock: boolean }): Skipped[] {
  const why: Partial<Record<FaultKind, string>> = {
    ...(!hasDisk && { 'disk-full': 'no file system may be mounted here; file-limit stands in for it' }),
    ...(!hasClock && { 'clock-forward': 'libfaketime is missing', 'clock-back': 'libfaketime is missing' }),
  }
  return faultKinds.flatMap((kind) => (why[kind] === undefined ? [] : [{ kind, why: why[kind] }]))
}
