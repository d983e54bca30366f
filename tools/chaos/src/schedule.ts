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
