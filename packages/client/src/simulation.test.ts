import { test } from 'bun:test'
import fc from 'fast-check'
import { type Step, simulate, stepKinds } from '../test/simulation.ts'

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...stepKinds),
  who: fc.nat(2),
  where: fc.nat(2),
  what: fc.nat(50_000),
})

const runs = Number(process.env.SIMULATION_RUNS ?? 150)

test('[SDK2] whatever is lost, repeated, late or cut off, each copy equals the server in the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(step, { maxLength: 80, size: 'max' }), (seed, steps) =>
      simulate(seed, steps),
    ),
    { numRuns: runs },
  )
}, 120_000)
