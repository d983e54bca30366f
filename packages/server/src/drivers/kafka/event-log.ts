import { backoffMs } from '../../lib/backoff.ts'
import type { Clock } from '../../lib/clock.ts'
import type { KafkaAddress } from '../../lib/kafka-address.ts'
import type { Report } from '../../lib/report.ts'
import {
  type EventLog,
  FollowedNow,
  type LoggedEvent,
  type OpenLogTail,
  type ReplayPoint,
} from '../../ports/event-log.ts'
import { type Offsets, openDesk, openedWith } from './client.ts'
import { consume } from './consume.ts'
import { openProducer } from './producer.ts'

const pauses = { firstMs: 200, mostMs: 5_000 }
/** How often a broker is asked whether it is there. */
const askEveryMs = 2_000
/** A tail whose broker says nothing for so long, frozen perhaps, hears nothing. */
const silentMs = 2_000
/** A broker's clock and a node's may differ by so much: what is found by time begins earlier. */
const clocksApartMs = 300_000

export interface KafkaEventLog extends EventLog {
  /** Writes events, in order; resolves when the brokers have them on all copies that are in step. */
  publish(events: readonly LoggedEvent[]): Promise<void>
  /** Hands over what is written from now on, to nobody's account. */
  tail: OpenLogTail
}

/**
 * The log by Kafka: a topic whose partitions hold whole conversations, and consumer groups. A relay writes
 * what the store has committed (`publish`), more than once where it was interrupted. Nobody here waits for a
 * broker but those who follow; one that is away is tried until it is there.
 *
 * Throws an error with an exit status where a file that the address names can't be read.
 */
export function openKafkaEventLog({
  address,
  clock,
  report,
  random = Math.random,
}: {
  address: KafkaAddress
  clock: Clock
  report: Report
  random?: () => number
}): KafkaEventLog {
  const { topic } = address
  const opened = openedWith(address)
  const desk = openDesk(opened, address)
  const producer = openProducer(opened)
  const stopping = new AbortController()
  const running = new Set<Promise<void>>()
  /** As far as is known: after any failure it is looked for again, since it may have been deleted. */
  let hasTopic = false
  let isUp = true

  async function makeTopic(): Promise<void> {
    if (!hasTopic) await desk.makeTopic()
    hasTopic = true
  }

  async function watch(): Promise<void> {
    const wasUp = isUp
    await makeTopic()
      .then(desk.ask)
      .then(
        () => {
          isUp = true
        },
        (cause) => {
          isUp = false
          hasTopic = false
          if (wasUp && !stopping.signal.aborted)
            report('Kafka is away: its log goes on when it is back', cause)
        },
      )
  }

  /** Again and again until the signal, with pauses that grow as long as it fails. */
  async function repeat(signal: AbortSignal, act: (succeeded: () => void) => Promise<void>): Promise<void> {
    let failures = 0
    while (!signal.aborted) {
      try {
        await act(() => {
          failures = 0
        })
      } catch (cause) {
        if (failures === 0 && isUp && !signal.aborted) report('the log by Kafka isn’t read for now', cause)
      }
      await sleep(backoffMs(failures++, { ...pauses, random }), signal)
    }
  }

  const sleep = (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal.aborted) return resolve()
      const end = () => {
        cancel()
        signal.removeEventListener('abort', end)
        resolve()
      }
      const cancel = clock.after(ms, end)
      signal.addEventListener('abort', end)
    })

  /** Runs until it is disposed of, or the log is. */
  function start(run: (signal: AbortSignal) => Promise<void>): AsyncDisposable {
    const own = new AbortController()
    const done = run(AbortSignal.any([own.signal, stopping.signal])).finally(() => running.delete(done))
    running.add(done)
    return {
      async [Symbol.asyncDispose]() {
        own.abort()
        await done
      },
    }
  }

  const groupOf = (group: string): string => `${topic}.${group}`
  const passing = () => `${topic}.passing-${crypto.randomUUID()}`
  const placesOf = (from: ReplayPoint): Promise<Offsets> =>
    from === 'start' ? desk.earliest() : desk.since(from.since - clocksApartMs)

  async function* read(from: ReplayPoint) {
    await makeTopic()
    const [at, ends] = [await placesOf(from), await desk.latest()]
    const isDone = () => [...ends].every(([number, end]) => (at.get(number) ?? end) >= end)
    if (isDone()) return
    const since = from === 'start' ? Number.NEGATIVE_INFINITY : from.since
    const own = new AbortController()
    const signal = AbortSignal.any([own.signal, stopping.signal])
    let [given, asked] = [Promise.withResolvers<LoggedEvent[]>(), Promise.withResolvers<void>()]
    const groupId = passing()
    const reading = consume({
      ...{ opened, topic, groupId, signal, begin: { at: new Map(at) } },
      async handle({ events, upTo }) {
        for (const [number, offset] of upTo) at.set(number, offset)
        given.resolve(events.filter((event) => event.at >= since))
        await asked.promise
      },
    })
    // One that ends before it has read all would be found at an end again and again, without a pause.
    const ended = reading.then((): LoggedEvent[] => {
      if (isDone() || signal.aborted) return []
      throw new Error(`the reading of ${topic} ended before the end of the log`)
    })
    try {
      for (;;) {
        const events = await Promise.race([given.promise, ended])
        given = Promise.withResolvers()
        if (events.length > 0) yield events
        if (isDone() || signal.aborted) return
        asked.resolve()
        asked = Promise.withResolvers()
      }
    } finally {
      own.abort()
      asked.resolve()
      await reading.catch(() => undefined)
    }
  }

  const watching = start(async (signal) => {
    while (!signal.aborted) {
      await watch()
      await sleep(askEveryMs, signal)
    }
  })

  return {
    get isUp() {
      return isUp
    },
    read,

    async publish(events) {
      try {
        await makeTopic()
        await producer.send(topic, events)
      } catch (cause) {
        isUp = false
        hasTopic = false
        throw cause
      }
    },

    follow: (group, handle) =>
      start((signal) =>
        repeat(signal, async (succeeded) => {
          await makeTopic()
          await consume({
            ...{ opened, topic, groupId: groupOf(group), signal, begin: 'where the group is' },
            async handle({ events }) {
              if (events.length > 0) await handle(events)
              succeeded()
            },
          })
        }),
      ),

    tail(hear) {
      let begun = 0
      let reading: number | undefined
      let answeredAt = 0
      const reader = start((signal) =>
        repeat(signal, async (succeeded) => {
          try {
            await makeTopic()
            await consume({
              ...{ opened, topic, groupId: passing(), signal, begin: 'now' },
              onReading() {
                reading = ++begun
                answeredAt = clock.elapsed()
                succeeded()
              },
              onAnswer() {
                answeredAt = clock.elapsed()
              },
              handle: async ({ events }) => hear(events),
            })
          } finally {
            reading = undefined
          }
        }),
      )
      return {
        get reading() {
          return isUp && clock.elapsed() - answeredAt < silentMs ? reading : undefined
        },
        [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
      }
    },

    async rewind(group, from) {
      await makeTopic()
      const groupId = groupOf(group)
      const followed = () =>
        new FollowedNow(`'${group}' is followed now: stop those who do (the workers), then begin it again`)
      if (await desk.isFollowed(groupId)) throw followed()
      await desk.put(groupId, await placesOf(from))
    },

    async lag(group) {
      await makeTopic()
      const groupId = groupOf(group)
      const [done, starts, ends] = await Promise.all([
        desk.committed(groupId),
        desk.earliest(),
        desk.latest(),
      ])
      let behind = 0n
      for (const [number, end] of ends) behind += end - (done.get(number) ?? starts.get(number) ?? 0n)
      return Number(behind)
    },

    async [Symbol.asyncDispose]() {
      stopping.abort()
      await watching[Symbol.asyncDispose]()
      await Promise.all(running)
      await producer[Symbol.asyncDispose]()
      await desk[Symbol.asyncDispose]()
    },
  }
}
