import { findingKinds } from './check/finding.ts'
import type { CrewSize } from './crew/crew.ts'
import type { ChaosResult } from './run-chaos.ts'
import { isStalled } from './stage.ts'

const findingsShown = 50

/** For people: what was done to the server, what the clients saw, and what the checker found. */
export function reportMarkdown(result: ChaosResult): string {
  const { seed, seconds, size, struck, skipped, tally, opens, starts, records, conversations, findings } =
    result
  const { driverMegabytes, cores, load } = result
  const seen = (via: string) => records[`event by ${via}`] ?? 0
  const verdict =
    findings.length === 0
      ? 'Nothing acknowledged was lost, doubled, reordered or shown to whom it does not concern: **0 findings**.'
      : `**${findings.length} findings**.`
  const counts: [string, number][] = [
    ['users', size.users],
    ['connections at a time', size.users * size.devicesPerUser],
    ['conversations', conversations],
    ['sends', tally.sends],
    ['sends acknowledged', tally.acknowledged],
    ['sends tried again under their clientId', tally.resends],
    ['repeats of what was acknowledged before', tally.repeats],
    ['edits, deletions, reactions, reads, comings and goings', tally.acts],
    ['of these acknowledged', tally.actsAcknowledged],
    ['calls whose answer was lost', tally.lostAnswers],
    ['connections tried', opens],
    ['of these signed in and synced', records.synced ?? 0],
    ['starts of the server', starts],
    ['events checked, as they were pushed', seen('push')],
    ['events checked, in a sync', seen('sync')],
    ['events checked, in a page of the log', seen('page')],
    ['events of the final logs, each fetched twice', seen('final')],
    ['events checked, as the SDK showed them', records.shown ?? 0],
    ['screens compared with the log in the end', records.shows ?? 0],
    ['messages checked, in pages and snapshots', records.message ?? 0],
    ['read cursors checked', records.cursor ?? 0],
  ]
  return [
    '# A run of the chaos test',
    '',
    `Seed ${seed}, ${seconds} s. ${verdict}`,
    '',
    `${workOf(size)} The clients are one process of ${driverMegabytes} MB, which kept ${cores.clients} cores at work on average, all processes together ${cores.all}. The machine’s load was ${load.join(' before, and ')} after.`,
    '',
    ...table(
      [
        'fault',
        'evidence',
        'lasted',
        'whole again after',
        'sends',
        'acknowledged',
        'longest stall',
        'verdict',
      ],
      [
        ...struck.map((fault) => [
          fault.kind,
          fault.evidence,
          ms(fault.lastedMs),
          ms(fault.recoveredMs),
          String(fault.sends),
          String(fault.acknowledged),
          ms(fault.longestStallMs),
          findings.length > 0 ? 'see the findings' : isStalled(fault) ? '**waited too long**' : 'kept',
        ]),
        ...skipped.map(({ kind, why }) => [kind, `**skipped**: ${why}`, '', '', '', '', '', '']),
      ],
    ),
    '',
    '“Whole again” is when every connection has been online and answered since the end of the fault, and nothing from before it is unanswered; sends and the longest that one waited for its acknowledgement are of the time from the fault’s beginning to then. The verdict is of all findings, and of a promised bound: 2 s for a rolling restart.',
    '',
    ...table(['fault', 'times', 'median of whole again', 'most'], recoveries(result)),
    '',
    ...table(
      ['count', ''],
      counts.map(([what, count]) => [what, count.toLocaleString('en')]),
    ),
    '',
    ...table(
      ['refused', ''],
      Object.entries(tally.refused).map(([code, count]) => [code, String(count)]),
    ),
    '',
    ...table(
      ['finding', ''],
      findingKinds.map((kind) => [kind, String(findings.filter((finding) => finding.kind === kind).length)]),
    ),
    ...(findings.length > 0
      ? ['', ...findings.slice(0, findingsShown).map((one) => `- ${JSON.stringify(one)}`)]
      : []),
    '',
  ].join('\n')
}

export const reportJson = (result: ChaosResult): string => `${JSON.stringify(result, null, 2)}\n`

/** Of the process: a finding is a failure, and so is a stall longer than promised. */
export const exitStatusOf = ({ findings, struck = [] }: Partial<ChaosResult>): number =>
  (findings ?? []).length > 0 || struck.some(isStalled) ? 1 : 0

const workOf = ({ users, devicesPerUser, work }: CrewSize): string =>
  work.clients === 'sdk'
    ? `${users * devicesPerUser} devices with the SDK, ${work.sendsPerSecond} sends and ${work.actsPerSecond} other acts a second on average, due whatever was answered; a wait counts from when the send was due.`
    : `${users * devicesPerUser} clients of the bare contract, each user at it every ${work.thinkMs} ms.`

function recoveries({ struck }: ChaosResult): string[][] {
  return [...new Set(struck.map(({ kind }) => kind))].sort().flatMap((kind) => {
    const times = struck.filter((fault) => fault.kind === kind).map(({ recoveredMs }) => recoveredMs)
    const sorted = times.toSorted((one, other) => one - other)
    const median = sorted[Math.floor((sorted.length - 1) / 2)]
    if (median === undefined) return []
    return [[kind, String(times.length), ms(median), ms(sorted.at(-1) ?? median)]]
  })
}

const ms = (time: number) => (time < 10_000 ? `${time} ms` : `${(time / 1_000).toFixed(1)} s`)

const table = (head: string[], rows: string[][]): string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
