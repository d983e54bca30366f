import {
  Consumer,
  type Message,
  type MessagesStream,
  MessagesStreamFallbackModes,
  MessagesStreamModes,
  stringDeserializers,
} from '@platformatic/kafka'
import { inTime } from '../../lib/in-time.ts'
import type { LoggedEvent } from '../../ports/event-log.ts'
import type { Offsets, Opened } from './client.ts'
import { parseRecord } from './records.ts'

/** Events that are handed over at once. */
const eventsAtOnce = 500
/** How long a broker waits for something new before it answers that there is nothing. */
const fetchMs = 500
/** Who isn't heard of for so long is followed by another of the group. */
const sessionMs = 6_000
const heartbeatMs = 500
/** How long the others of a group have to come to the division of the partitions anew. */
const rebalanceMs = 6_000
/**
 * What isn't noted by then never will be: the client forgets what a stream was to note that ends while its group
 * is divided anew, and whoever waited for it, or wanted to stop it, waited for ever.
 */
const noteWithinMs = 10_000
/** Of who stops. A place that isn't noted is read again by whoever comes next. */
const endWithinMs = 2_000

/** Where to begin: where the group has come to, at given places, or with what comes from now on. */
export type Begin = 'where the group is' | { at: Offsets } | 'now'

/**
 * Given more than one partition's, in order of each. `upTo` is the offset after the last one, by partition.
 */
export interface Batch {
  events: LoggedEvent[]
  upTo: Offsets
}

/**
 * Reads the topic as one of a group, until the signal or a failure, which rejects. What was handled is noted
 * where the group's place is what it begins at; what isn't is given to whoever comes next.
 */
export async function consume({
  opened,
  topic,
  groupId,
  begin,
  signal,
  onReading = () => undefined,
  onAnswer,
  handle,
}: {
  opened: Opened
  topic: string
  groupId: string
  begin: Begin
  signal: AbortSignal
  /** From now on what is written is read. */
  onReading?: () => void
  /** A broker has answered what is new, or that nothing is: about twice a second. */
  onAnswer?: () => void
  handle: (batch: Batch) => Promise<void>
}): Promise<void> {
  const consumer = new Consumer({
    ...opened,
    groupId,
    // A group is waited for as long as its others may take to come.
    requestTimeout: rebalanceMs + opened.requestTimeout,
    deserializers: stringDeserializers,
    sessionTimeout: sessionMs,
    heartbeatInterval: heartbeatMs,
    rebalanceTimeout: rebalanceMs,
  })
  let stream: MessagesStream<string, string, string, string> | undefined
  // It could not come back to its group, and would read on for nobody. An error that nobody hears of, also while
  // it is closed, would end the process.
  consumer.on('error', (cause) => stream?.destroy(cause))
  try {
    signal.throwIfAborted()
    const reading = await consumer.consume({
      topics: [topic],
      ...modeOf(begin, topic),
      autocommit: false,
      maxWaitTime: fetchMs,
    })
    stream = reading
    const end = () => void reading.close().catch(() => undefined)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
    // Here already it may still ask where the end is: what is written before the answer would not be read.
    reading.once('offsets', onReading)
    if (onAnswer) reading.on('fetch', onAnswer)
    let batch: Message<string, string, string, string>[] = []
    for await (const message of reading) {
      batch.push(message)
      if (reading.readableLength > 0 && batch.length < eventsAtOnce) continue
      const given = batch
      batch = []
      await handle(batchOf(given))
      if (begin === 'where the group is')
        await inTime(note(given), { withinMs: noteWithinMs, signal, endMs: endWithinMs })
      if (signal.aborted) break
    }
    signal.removeEventListener('abort', end)
  } finally {
    await inTime(consumer.close(true), { withinMs: endWithinMs }).catch(() => undefined)
  }
}

function modeOf(begin: Begin, topic: string) {
  if (begin === 'now') return { mode: MessagesStreamModes.LATEST }
  if (begin === 'where the group is')
    return { mode: MessagesStreamModes.COMMITTED, fallbackMode: MessagesStreamFallbackModes.EARLIEST }
  const offsets = [...begin.at].map(([partition, offset]) => ({ topic, partition, offset }))
  return { mode: MessagesStreamModes.MANUAL, offsets }
}

function batchOf(messages: readonly Message<string, string, string, string>[]): Batch {
  const events = messages.map(({ value }) => parseRecord(value)).filter((event) => event !== undefined)
  return { events, upTo: new Map(messages.map(({ partition, offset }) => [partition, offset + 1n])) }
}

/** Notes the last of each partition, which stands for those before it. */
async function note(messages: readonly Message<string, string, string, string>[]): Promise<void> {
  const last = new Map(messages.map((message) => [message.partition, message]))
  await Promise.all([...last.values()].map((message) => message.commit()))
}
