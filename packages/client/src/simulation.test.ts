import { test } from 'bun:test'
import fc from 'fast-check'
import { type Step, simulate, stepKinds } from '../test/simulation.ts'

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...stepKinds),
  who: fc.nat(2),
  where: fc.nat(2),
  what: fc.nat(50_000),
})

const runs = Number(process.env.SIMULATION_RUNS ?? 100)
const given = process.env.SIMULATION_SEED
if (!(runs > 0)) throw new Error('SIMULATION_RUNS must be a number above 0')

test(
  '[SDK2] whatever is lost, repeated, late or cut off, each copy equals the server in the end',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.array(step, { maxLength: 80, size: 'max' }), (seed, steps) =>
        simulate(seed, steps),
      ),
      { numRuns: runs, ...(given !== undefined && { seed: Number(given) }) },
    )
  },
  60_000 + runs * 1_000,
)

/** Runs that failed once, each with what it found. */
const kept: readonly (readonly [what: string, seed: number, steps: readonly Step[]])[] = [
  [
    'who leaves before a message has arrived is refused, though the page was loaded anew meanwhile',
    1216630468,
    [
      { kind: 'send', who: 0, where: 0, what: 0 },
      { kind: 'send', who: 0, where: 1, what: 0 },
      { kind: 'send', who: 2, where: 1, what: 0 },
      { kind: 'reload', who: 2, where: 0, what: 0 },
      { kind: 'leave', who: 2, where: 1, what: 0 },
      { kind: 'send', who: 1, where: 2, what: 0 },
      { kind: 'add', who: 2, where: 1, what: 0 },
    ],
  ],
  [
    'a message of one’s own was sent before one read on, and comes after',
    0,
    [
      { kind: 'send', who: 2, where: 1, what: 0 },
      { kind: 'send', who: 0, where: 1, what: 0 },
      { kind: 'react', who: 0, where: 0, what: 0 },
      { kind: 'myEdit', who: 0, where: 0, what: 0 },
      { kind: 'profile', who: 0, where: 0, what: 0 },
      { kind: 'send', who: 0, where: 0, what: 0 },
      { kind: 'send', who: 1, where: 1, what: 0 },
      { kind: 'read', who: 1, where: 1, what: 0 },
    ],
  ],
]

for (const [what, seed, steps] of kept)
  test(`[SDK2] in the end all is equal: ${what}`, () => simulate(seed, steps))
