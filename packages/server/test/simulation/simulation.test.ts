import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { keptPresenceRuns } from './kept-presence-runs.ts'
import { keptRuns } from './kept-runs.ts'
import { type Run, simulate } from './simulate.ts'
import { stepKinds } from './steps.ts'
import { openStage } from './world.ts'

const { SIMULATION_RUNS = '200', SIMULATION_SEED: seed, SIMULATION_PATH: path } = process.env
if (!(Number(SIMULATION_RUNS) > 0)) throw new Error('SIMULATION_RUNS must be a number above 0')
/** Whoever only wants to know whether there is a failure needs no smallest one. */
const endOnFailure = process.env.SIMULATION_SHRINK === 'off' || path !== undefined
/** For as many runs as anybody may ask for: nothing in a run waits, so none can hang. */
const timeoutMs = 3 * 3_600_000

const run: fc.Arbitrary<Run> = fc.record({
  seed: fc.integer(),
  climate: fc.record({
    nodes: fc.constantFrom(1, 2),
    bus: fc.constantFrom('memory', 'remote', 'remote', 'silent'),
    storeIsFar: fc.boolean(),
    replicas: fc.constantFrom(0, 0, 1, 2),
    presence: fc.constantFrom(true, true, false),
    link: fc.record({
      delayMs: fc.constantFrom(3, 30, 300),
      disorder: fc.constantFrom(0, 0, 0.1),
      breaks: fc.constantFrom(0, 0.03),
    }),
  }),
  steps: fc.array(
    fc.record({
      kind: fc.constantFrom(...stepKinds),
      who: fc.nat(5),
      where: fc.nat(5),
      what: fc.nat(50_000),
    }),
    { maxLength: 60, size: 'max' },
  ),
})

const stage = await openStage()
const allKept = [...keptRuns, ...keptPresenceRuns]

test(
  '[SIM1] whatever goes wrong, in the end everybody holds what the log says',
  async () => {
    const startedAt = performance.now()
    const property = fc.asyncProperty(run, async (one) => void simulate(stage, one))
    await fc.assert(property, {
      numRuns: Number(SIMULATION_RUNS),
      endOnFailure,
      ...(seed !== undefined && { seed: Number(seed) }),
      ...(path !== undefined && { path }),
    })
    const minutes = (performance.now() - startedAt) / 60_000
    console.log(`${SIMULATION_RUNS} runs, ${Math.round(Number(SIMULATION_RUNS) / minutes)} a minute`)
  },
  timeoutMs,
)

for (const { rule, what, ...kept } of allKept)
  test(`[${rule}] ${what}`, () => void simulate(stage, kept), timeoutMs)

test(
  '[SIM8] a run is the same every time',
  () => {
    for (const kept of allKept) {
      const [one, other] = [simulate(stage, kept), simulate(stage, kept)]
      expect(one.length).toBeGreaterThan(0)
      expect(other).toEqual(one)
    }
  },
  timeoutMs,
)
