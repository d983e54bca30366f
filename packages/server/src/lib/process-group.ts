import type { Clock } from './clock.ts'
import { mergeMetrics } from './merge-metrics.ts'
import type { Report } from './report.ts'
import { openTalk, type Talk } from './talk.ts'

/**
 * Several processes of one program, kept running.
 *
 *   starting ── says that it is ready ──▶ up ── ends ──▶ away ── after a pause ──▶ starting
 *
 * The first one starts alone, so that what it makes for all is made once, and what hinders it ends the group
 * with its status. Afterwards one that ends is started again, as long as any of them can serve. One that says
 * nothing while the others' connections go on would hold its share of them for ever: it is killed.
 */
export interface ProcessGroup {
  /** What the first one said when it could serve. */
  ready: Promise<string>
  /** The status of a group that ended by itself. */
  ended: Promise<number>
  readonly up: number
  readonly restarts: number
  /** What all of them measure, and this process as number 0. */
  measure(): Promise<string>
  /** Tells all to end, kills who takes too long, and answers the status: 0, or the first other one. */
  stop(): Promise<number>
}

/** What an end is waited for: a little more than a process grants itself. */
const stopMs = 9_500
const pauseMsMax = 10_000
/** Who was up for so long begins with the shortest pause again. */
const steadyMs = 60_000
/**
 * So many starts that fail one after the other, while none is up, end the group:
 * whoever started it knows more.
 */
const failuresMax = 10
const lookEveryMs = 5_000
/** Twice: after the first, this process may have been held up itself. */
const silentMsMax = 15_000
const metricsMs = 1_000

export interface ProcessGroupOptions {
  count: number
  /** The program with its words; the number of the process follows. */
  command: readonly string[]
  env: Record<string, string | undefined>
  /** Of this process, told as that of number 0. */
  metrics: () => Promise<string>
  /** Told how many can serve, whenever that changes. */
  onUp: (up: number) => void
  clock: Clock
  random?: () => number
  report: Report
}

interface Member {
  number: number
  child: Bun.Subprocess | undefined
  talk: Talk | undefined
  upAt: number | undefined
  /** Ends in a row, each soon after a start. */
  failures: number
  cancel: () => void
}

export function openProcessGroup({
  count,
  command,
  env,
  metrics,
  onUp,
  clock,
  random = Math.random,
  report,
}: ProcessGroupOptions): ProcessGroup {
  const members = Array.from({ length: count }, (_, index): Member => {
    const number = index + 1
    return {
      number,
      child: undefined,
      talk: undefined,
      upAt: undefined,
      failures: 0,
      cancel: () => undefined,
    }
  })
  const ready = Promise.withResolvers<string>()
  const ended = Promise.withResolvers<number>()
  let isReady = false
  let isStopping = false
  let failedStarts = 0
  let restarts = 0
  let gathering: Promise<string> | undefined

  const up = () => members.filter(({ upAt }) => upAt !== undefined)

  function start(member: Member) {
    const child = Bun.spawn([...command, String(member.number)], {
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      ipc: (message) => talk.receive(message),
    })
    const talk = openTalk({
      send: (message) => {
        // One that is about to end hears nothing more.
        if (child.exitCode === null && child.signalCode === null) child.send(message)
      },
      answer: async (question) => (question === 'metrics of all' ? measure() : undefined),
      hear: (topic, said) => topic === 'ready' && rise(member, said),
      clock,
    })
    Object.assign(member, { child, talk })
    void child.exited.then((status) => fall(member, status))
  }

  function rise(member: Member, said: string) {
    member.upAt = clock.elapsed()
    failedStarts = 0
    ready.resolve(said)
    if (!isReady) for (const other of members.slice(1)) start(other)
    isReady = true
    tellUp()
    void watch(member, member.child)
  }

  function fall(member: Member, status: number) {
    const { upAt, talk, number } = member
    Object.assign(member, { child: undefined, talk: undefined, upAt: undefined })
    talk?.close()
    member.cancel()
    if (isStopping) return
    if (upAt === undefined) failedStarts++
    const isGivenUp = failedStarts >= failuresMax && up().length === 0
    if (!isReady || isGivenUp) return ended.resolve(status)
    const wasSteady = upAt !== undefined && clock.elapsed() - upAt >= steadyMs
    member.failures = wasSteady ? 0 : Math.min(member.failures + 1, 20)
    const pauseMs = Math.min(pauseMsMax, 100 * 2 ** member.failures) * (0.5 + random() / 2)
    report(`process ${number} ended and is started again`, new Error(`its status was ${status}`))
    tellUp()
    member.cancel = clock.after(pauseMs, () => {
      if (isStopping) return
      restarts++
      start(member)
    })
  }

  function tellUp() {
    const able = up()
    for (const { talk } of able) talk?.note('up', `${able.length} ${count}`)
    onUp(able.length)
  }

  async function watch(member: Member, child: Member['child']) {
    const isStill = () => member.child === child && !isStopping
    while (isStill()) {
      const ask = () => member.talk?.ask('alive', silentMsMax)
      try {
        await ask()?.catch(ask)
      } catch (cause) {
        if (!isStill()) return
        report(`process ${member.number} says nothing and is killed`, cause)
        return child?.kill('SIGKILL')
      }
      // One that ended while it was asked: `cancel` is that of its restart by now.
      if (!isStill()) return
      await new Promise<void>((resolve) => {
        const stop = clock.after(lookEveryMs, resolve)
        member.cancel = () => {
          stop()
          resolve()
        }
      })
    }
  }

  function measure(): Promise<string> {
    gathering ??= measureAll().finally(() => {
      gathering = undefined
    })
    return gathering
  }

  async function measureAll() {
    const asked = up().map(async ({ number, talk }) => {
      const text = await talk?.ask('metrics', metricsMs).catch(() => undefined)
      return text === undefined ? [] : [[String(number), text] as const]
    })
    return mergeMetrics(new Map([['0', await metrics()], ...(await Promise.all(asked)).flat()]))
  }

  const endAll = (signal: NodeJS.Signals) => {
    for (const { child } of members) child?.kill(signal)
  }
  // However this process ends: nobody is to hold the port without it.
  process.on('exit', () => endAll('SIGKILL'))
  for (const first of members.slice(0, 1)) start(first)

  return {
    ready: ready.promise,
    ended: ended.promise,
    get up() {
      return up().length
    },
    get restarts() {
      return restarts
    },
    measure,
    async stop() {
      isStopping = true
      const ends = members.map(async ({ child, upAt }) => {
        const status = await child?.exited
        // Who was only starting had nothing to end in order.
        return upAt === undefined ? 0 : (status ?? 0)
      })
      for (const { cancel } of members) cancel()
      endAll('SIGTERM')
      const cancelKill = clock.after(stopMs, () => endAll('SIGKILL'))
      const statuses = await Promise.all(ends)
      cancelKill()
      return statuses.find((status) => status !== 0) ?? 0
    },
  }
}
