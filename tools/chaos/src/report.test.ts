import { expect, test } from 'bun:test'
import type { Finding } from './check/finding.ts'
import { emptyTally } from './crew/tally.ts'
import { exitStatusOf, reportJson, reportMarkdown } from './report.ts'
import type { ChaosResult } from './run-chaos.ts'
import { shortRun } from './sizes.ts'

const finding: Finding = {
  kind: 'lost',
  conversation: 'c',
  client: 'user-1',
  detail: 'user-1-7 is not in the log',
}

const counted = { sends: 40, acknowledged: 39, longestStallMs: 678, stallMsMost: undefined }
const result = (findings: Finding[]): ChaosResult => ({
  seed: 42,
  seconds: 60,
  size: shortRun.size,
  struck: [{ kind: 'kill', evidence: 'ended by SIGKILL', lastedMs: 500, recoveredMs: 12_345, ...counted }],
  skipped: [{ kind: 'disk-full', why: 'no file system may be mounted here' }],
  tally: { ...emptyTally(), sends: 1_234, refused: { overloaded: 9 } },
  opens: 20,
  starts: 2,
  records: { 'event by push': 5_678 },
  conversations: 3,
  findings,
  driverMegabytes: 321,
  cores: { clients: 0.7, all: 1.8 },
  load: [1.5, 2.5],
})

test('[CHAOS6] the report tells seed, faults, what was skipped, counts and findings', () => {
  const markdown = reportMarkdown(result([finding]))
  const told = [
    'Seed 42',
    'ended by SIGKILL',
    '12.3 s',
    '| 40 | 39 | 678 ms |',
    '321 MB',
    '0.7 cores at work on average, all processes together 1.8',
    '1.5 before, and 2.5 after',
    '**skipped**: no file system',
    '1,234',
    '5,678',
  ]
  for (const part of [...told, '**1 findings**', '| lost | 1 |', finding.detail])
    expect(markdown).toContain(part)
  expect(reportMarkdown(result([]))).toContain('**0 findings**')
  expect(JSON.parse(reportJson(result([finding])))).toEqual(result([finding]))
})

test('[CHAOS7] a run that finds something has failed', () => {
  expect([exitStatusOf(result([])), exitStatusOf(result([finding]))]).toEqual([0, 1])
})

test('[CHAOS10] a run in which a send waited longer than promised has failed, and its report says which', () => {
  const clean = result([])
  const within = (stallMsMost: number) => ({
    ...clean,
    struck: clean.struck.map((fault) => ({ ...fault, stallMsMost })),
  })
  expect([exitStatusOf(within(678)), exitStatusOf(within(677))]).toEqual([0, 1])
  expect(reportMarkdown(within(678))).toContain('| 678 ms | kept |')
  expect(reportMarkdown(within(677))).toContain('| 678 ms | **waited too long** |')
})
