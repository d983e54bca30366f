import type { Random } from './random.ts'

/** What a seed does: every kind once in a shuffled round, then further rounds, as many as wanted. */
export const scheduleOf = (random: Random, { rounds, kinds }: { rounds: number; kinds: readonly string[] }) =>
  Array.from({ length: rounds }, () => random.shuffled(kinds)).flat()
