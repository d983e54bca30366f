import { loadavg } from 'node:os'
import { join } from 'node:path'
import { machineCpuMs } from '../../load/src/measure/program.ts'
import { check } from './check/check.ts'
import type { Finding } from './check/finding.ts'
import { type CrewSize, gatherCrew } from './crew/crew.ts'
import { now } from './crew/recorder.ts'
import type { Tally } from './crew/tally.ts'
import { randomFrom } from './random.ts'
import { readHistories } from './read-histories.ts'
import { scheduleOf } from './schedule.ts'
import type { Skipped, Stage, Struck } from './stage.ts'
import { strike } from './strike.ts'

export interface ChaosOptions {
  seed: number
  /** For the histories. */
  folder: string
  open: () => Promise<Stage>
  size: CrewSize
  /** How often each fault strikes. */
  rounds: number
  /** Those that strike, where they are possible here. */
  faults: readonly string[]
  /** Undisturbed work between two faults. */
  calmMs: number
  tell: (line: string) => void
}

export interface ChaosResult {
  seed: number
  seconds: number
  size: CrewSize
  struck: Struck[]
  skipped: readonly Skipped[]
  tally: Tally
  opens: number
  starts: number
  /** Of the histories, by kind. */
  records: Record<string, number>
  conversations: number
  findings: Finding[]
  /** Of this process: the clients, all of them. */
  driverMegabytes: number
  /** How many cores were at work on average from the first fault to the last: the clients', and everybody's. */
  cores: { clients: number; all: number }
  /** The machine's, at the beginning and at the end. */
  load: [number, number]
}

/** A stage under a crew of clients, fault after fault; then the checker over what they wrote down. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { seed, folder, open, size, rounds, faults, calmMs, tell } = options
  const began = now()
  const loadBefore = load()
  const random = randomFrom(seed)
  await using stack = new AsyncDisposableStack()
  const stage = stack.use(await open())
  const { url, inboxUrl, skipped } = stage
  for (const { kind, why } of skipped) tell(`skipped ${kind}: ${why}`)

  const histories = join(folder, 'histories')
  const crew = await gatherCrew({ url, inboxUrl, random, size, folder: histories })
  stack.defer(() => crew.leave())
  const dice = random.fork()
  const kinds = faults.filter((kind) => !skipped.some((one) => one.kind === kind))
  const struck: Struck[] = []
  const coresUsed = measureCores()
  for (const kind of scheduleOf(random.fork(), { rounds, kinds })) {
    await Bun.sleep(calmMs)
    const fault = await strike(kind, { stage, crew, random: dice })
    struck.push(fault)
    tell(`${kind}: ${fault.evidence}; lasted ${fault.lastedMs} ms, whole again after ${fault.recoveredMs} ms`)
  }
  await Bun.sleep(calmMs)
  const cores = coresUsed()
  const driverMegabytes = Math.round(process.memoryUsage().rss / 2 ** 20)
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
    starts: stage.starts,
    records,
    conversations: conversations.size,
    findings,
    driverMegabytes,
    cores,
    load: [loadBefore, load()],
  }
}

/** Tells whether the clients, in their one process, or the machine held the run up. */
function measureCores(): () => ChaosResult['cores'] {
  const [beganAt, before, own] = [now(), machineCpuMs(), process.cpuUsage()]
  return () => {
    const ms = now() - beganAt
    const { user, system } = process.cpuUsage(own)
    return { clients: tenths((user + system) / 1_000 / ms), all: tenths((machineCpuMs() - before) / ms) }
  }
}

/** How many wanted to run, over the last minute. */
const load = (): number => tenths(loadavg()[0] ?? 0)

const tenths = (value: number): number => Math.round(value * 10) / 10
