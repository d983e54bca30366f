import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reportJson, reportMarkdown } from '../src/report.ts'
import { type ChaosResult, runChaos } from '../src/run-chaos.ts'
import { shortRun } from '../src/sizes.ts'
import { type SoloFault, soloFaults } from '../src/solo/fault.ts'
import { findFaketime } from '../src/solo/faulty-clock.ts'
import { openSolo } from '../src/solo/open-solo.ts'

/**
 * Half a minute as a rule; a machine that is busy with other things takes longer, and none of it is a race.
 */
const withinMs = 180_000
const seed = 3
const root = join(import.meta.dir, '..', '..', '..')
const hasFaketime = findFaketime() !== undefined
const isCi = Boolean(process.env.CI) && process.env.CI !== 'false'
if (!hasFaketime && !isCi) console.log('skipped: no clock can be stepped here (install libfaketime)')

const folder = mkdtempSync(join(tmpdir(), 'confab-chaos-'))
let result: ChaosResult
const told: string[] = []

beforeAll(async () => {
  const { lengths, ...run } = shortRun
  const options = { ...run, seed, folder, faults: soloFaults, tell: (line: string) => void told.push(line) }
  result = await runChaos({ ...options, open: () => openSolo({ root, folder, lengths }) })
}, withinMs)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const struck = () => new Set<string>(result.struck.map(({ kind }) => kind))

test('[CHAOS5] nothing is found, and every send was answered', () => {
  expect(result.findings).toEqual([])
  const { sends, acknowledged, refused, resends, repeats, lostAnswers } = result.tally
  // Refused for good is only who was removed meanwhile.
  expect(sends - acknowledged).toBeLessThanOrEqual(refused.not_found ?? 0)
  for (const count of [acknowledged, resends, repeats, lostAnswers, refused.overloaded])
    expect(count).toBeGreaterThan(0)
  expect(result.records['event by final']).toBeGreaterThan(0)
})

test('[CHAOS1] [CHAOS2] [CHAOS5] killed, stopped and without room, the server came back each time', () => {
  const always: SoloFault[] = ['kill', 'pause', 'long-pause', 'file-limit']
  expect(always.filter((kind) => !struck().has(kind))).toEqual([])
  expect(result.starts).toBeGreaterThan(1)
})

test.skipIf(!hasFaketime && !isCi)('[CHAOS2] [CHAOS5] its clock was stepped forward and back', () => {
  expect(struck()).toContain('clock-forward')
  expect(struck()).toContain('clock-back')
})

test('[CHAOS3] each kind of fault struck, or was skipped by its name and with the reason', () => {
  const skipped = result.skipped.map(({ kind }) => kind)
  const kinds: readonly string[] = soloFaults
  expect(kinds.filter((kind) => !struck().has(kind))).toEqual(skipped)
  for (const { kind, why } of result.skipped) expect(told).toContain(`skipped ${kind}: ${why}`)
})

test('[CHAOS6] the report tells every fault and every count, and no path of this machine', () => {
  const reports = [reportMarkdown(result), reportJson(result)]
  for (const report of reports) {
    expect(report).toContain(`${seed}`)
    for (const { kind, evidence } of result.struck) {
      expect(report).toContain(kind)
      expect(report).toContain(evidence)
    }
    expect(report).not.toContain(folder)
    expect(report).not.toContain(root)
  }
})
