import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCluster, whyNoCluster } from '../src/cluster/open-cluster.ts'
import { type ChaosResult, runChaos } from '../src/run-chaos.ts'
import { shortClusterRun } from '../src/sizes.ts'

const withinMs = 240_000
const root = join(import.meta.dir, '..', '..', '..')
/** One of each kind; `npm run chaos -- --cluster` has them all. */
const faults = ['chat-kill', 'redis-freeze', 'postgres-restart', 'cut-from-redis', 'rabbitmq-kill']
const isCi = Boolean(process.env.CI) && process.env.CI !== 'false'
const why = whyNoCluster()
if (why !== undefined && !isCi) console.log(`skipped: ${why}`)

describe.skipIf(why !== undefined && !isCi)('a cluster', () => {
  const folder = mkdtempSync(join(tmpdir(), 'confab-chaos-'))
  let result: ChaosResult

  beforeAll(async () => {
    const { lengths, ...run } = shortClusterRun
    const open = () => openCluster({ root, folder, lengths, withKafka: false })
    result = await runChaos({ ...run, seed: 3, folder, faults, open, tell: () => undefined })
  }, withinMs)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('[CHAOS9] nodes and engines fail, nothing is found, and every send was answered', () => {
    expect(result.findings).toEqual([])
    expect(result.struck.map(({ kind }) => kind).toSorted()).toEqual(faults.toSorted())
    const { sends, acknowledged, refused } = result.tally
    // Refused for good is only who was removed meanwhile.
    expect(sends - acknowledged).toBeLessThanOrEqual(refused.not_found ?? 0)
    for (const count of [acknowledged, result.records['event by final']]) expect(count).toBeGreaterThan(0)
    expect(result.starts).toBe(4)
  })

  test('[CHAOS11] [CHECK13] the clients have the SDK, and what it showed was written down', () => {
    const { wrote, stored, shown, shows } = result.records
    expect([wrote, stored]).toEqual([result.tally.sends, result.tally.acknowledged])
    for (const count of [shown, shows]) expect(count).toBeGreaterThan(0)
  })
})
