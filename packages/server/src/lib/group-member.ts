import { assert } from './assert.ts'
import type { Clock } from './clock.ts'
import { mergeMetrics } from './merge-metrics.ts'
import { openTalk } from './talk.ts'

/** This process, as one of a group that another process keeps running (process-group.ts). */
export interface GroupMember {
  number: number
  /** Whether all of the group can serve. */
  readonly isWhole: boolean
  /** Tells that it can serve, and what a person is to read of it. */
  ready(said: string): void
  /** What all of the group measure; this one alone, where nobody answers. */
  metrics(): Promise<string>
  /**
   * Resolves when it is told to end, or nobody keeps it any more. Told twice it hears it once: whoever
   * signals all processes at once signals this one, and so does its parent.
   */
  nextEnd(): Promise<string>
}

/** Longer than the others are waited for. */
const metricsMs = 2_000

export function joinGroup({
  number,
  ownMetrics,
  clock,
}: {
  number: number
  ownMetrics: () => Promise<string>
  clock: Clock
}): GroupMember {
  const send = process.send?.bind(process)
  assert(send, 'a process of a group is started by its parent')
  let isWhole = false
  let isServing = false
  const end = Promise.withResolvers<string>()
  const talk = openTalk({
    send: (message) => process.connected && send(message),
    answer: async (question) => (question === 'metrics' ? ownMetrics() : question),
    hear: (topic, text) => {
      const [up, count] = text.split(' ')
      if (topic === 'up') isWhole = up === count
    },
    clock,
  })
  process.on('message', talk.receive)
  process.on('disconnect', () => {
    talk.close()
    if (!isServing) process.exit(1)
    end.resolve('its parent has ended')
  })
  // Ctrl-C reaches all processes of a terminal: the parent tells this one what to do.
  process.on('SIGINT', () => undefined)

  return {
    number,
    get isWhole() {
      return isWhole
    },
    ready(said) {
      isServing = true
      process.on('SIGTERM', () => end.resolve('SIGTERM'))
      talk.note('ready', said)
    },
    metrics: () =>
      talk
        .ask('metrics of all', metricsMs)
        .catch(async () => mergeMetrics(new Map([[String(number), await ownMetrics()]]))),
    nextEnd: () => end.promise,
  }
}
