import { join } from 'node:path'
import { check } from './check/check.ts'
import type { Finding } from './check/finding.ts'
import { type CrewSize, gatherCrew } from './crew/crew.ts'
import { now } from './crew/recorder.ts'
import type { Tally } from './crew/tally.ts'
import { type FaultKind, faultKinds, type Struck, type World } from './faults/fault.ts'
import { findFaketime, openFaultyClock } from './faults/faulty-clock.ts'
import { type FaultLengths, strike } from './faults/strike.ts'
import { randomFrom } from './random.ts'
import { readHistories } from './read-histories.ts'
import { type Skipped, scheduleOf, skippedKinds } from './schedule.ts'
import { openServed } from './served.ts'
import { mountSmallDisk } from './small-disk.ts'

export interface ChaosOptions {
  seed: number
  root: string
  /** An empty folder for the data, the clock and the histories. */
  folder: string
  size: CrewSize
  lengths: FaultLengths
  /** How often each fault strikes. */
  rounds: number
  /** Only these kinds of those that are possible here. */
  only?: readonly FaultKind[] | undefined
  /** Undisturbed work between two faults. */
  calmMs: number
  tell: (line: string) => void
}

export interface ChaosResult {
  seed: number
  seconds: number
  size: CrewSize
  struck: Struck[]
  skipped: Skipped[]
  tally: Tally
  opens: number
  starts: number
  /** Of the histories, by kind. */
  records: Record<string, number>
  conversations: number
  findings: Finding[]
}

const diskBytes = 128 * 1024 * 1024

/** The real server under a crew of clients, fault after fault; then the checker over what they wrote down. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { seed, root, folder, size, lengths, rounds, only = faultKinds, calmMs, tell } = options
  const began = now()
  const random = randomFrom(seed)
  await using stack = new AsyncDisposableStack()
  const dataDir = join(folder, 'data')
  const disk = mountSmallDisk(dataDir, diskBytes)
  if (disk) stack.use(disk)
  const library = findFaketime()
  const clock = library === undefined ? undefined : openFaultyClock(library, folder)
  const skipped = skippedKinds({ hasDisk: disk !== undefined, hasClock: clock !== undefined })
  for (const { kind, why } of skipped) tell(`skipped ${kind}: ${why}`)

  const served = stack.use(await openServed({ root, dataDir, random, ...(clock && { env: clock.env }) }))
  const histories = join(folder, 'histories')
  const crew = await gatherCrew({ url: served.url, random, size, folder: histories })
  stack.defer(() => crew.leave())
  const world: World = { served, crew, random: random.fork(), clock }
  const kinds = only.filter((kind) => !skipped.some((one) => one.kind === kind))
  const struck: Struck[] = []
  for (const kind of scheduleOf(random.fork(), { rounds, kinds })) {
    await Bun.sleep(calmMs)
    const fault = await strike(kind, world, lengths)
    struck.push(fault)
    tell(`${kind}: ${fault.evidence}; lasted ${fault.lastedMs} ms, whole again after ${fault.recoveredMs} ms`)
  }
  await Bun.sleep(calmMs)
  await crew.finish()
  crew.leave()

  const written = readHistories(histories)
  const findings = check(written)
  const records: Record<string, number> = {}
  const conversations = new Set<string>()
  for (const { records: all } of written) {
    for (const record of all) {
      const kind = record.kind === 'event' ? `event by ${record.via}` : record.kind
      records[kind] = (records[kind] ?? 0) + 1
      if (record.kind === 'final') conversations.add(record.conversation)
    }
  }
  return {
    seed,
    seconds: Math.round((now() - began) / 1_000),
    size,
    struck,
    skipped,
    tally: crew.tally,
    opens: crew.opens,
    starts: served.starts,
    records,
    conversations: conversations.size,
    findings,
  }
}
