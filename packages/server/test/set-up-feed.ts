import type { Event } from '@confab/protocol/event'
import { encodePush } from '@confab/protocol/frames'
import { type ConversationId, conversationId, userId } from '@confab/protocol/ids'
import { conversationChannel } from '../src/domain/delivery/channels.ts'
import { type Feed, openFeed } from '../src/domain/delivery/feed.ts'
import { openMemoryBus } from '../src/drivers/memory/bus.ts'
import { manualClock } from '../src/lib/manual-clock.ts'
import type { Bus, BusMessage } from '../src/ports/bus.ts'
import type { OpenLogTail } from '../src/ports/event-log.ts'

export const id = conversationId.parse('01900000-0000-7000-8000-0000000000c0')
export const ana = userId.parse('01900000-0000-7000-8000-00000000000a')

export const eventAt = (seq: number): Event => ({
  conversationId: id,
  seq,
  type: 'reaction.added',
  actorId: ana,
  at: '2026-01-01T00:00:00.000Z',
  data: { target: 1, emoji: '👍' },
})

export const told = (event: Event): BusMessage => ({
  channel: conversationChannel(id),
  seq: event.seq,
  body: encodePush('event', event),
})

/** A log that is durable before it is told of, and a feed that hears of it over the bus it is given. */
export function setUpFeed(openTail?: OpenLogTail) {
  const log: Event[] = []
  const given: number[] = []
  const pushed: string[] = []
  const left: unknown[] = []
  const reports: unknown[] = []
  const looks: number[] = []
  const clock = manualClock()
  const inner = openMemoryBus()
  const cuts = new Set<() => void>()
  const onCut = (listener: () => void) => {
    cuts.add(listener)
    return () => cuts.delete(listener)
  }
  let isCut = false
  const bus: Bus = {
    ...inner,
    onCut,
    get isCut() {
      return isCut
    },
  }
  let isGone = false
  let storeFails = 0
  /** What the store has read is answered only then. */
  let answered = Promise.resolve()
  const store = {
    epoch: 'this one',
    heads: async (ids: readonly ConversationId[]) => {
      looks.push(ids.length)
      if (storeFails-- > 0) throw new Error('the store is away')
      const heads = new Map(isGone ? [] : ids.map((one) => [one, log.length]))
      await answered
      return heads
    },
    events: async ({ after, limit }: { after: number; limit: number }) => {
      if (storeFails-- > 0) throw new Error('the store is away')
      const read = { events: log.slice(after, after + limit), head: log.length }
      await answered
      return read
    },
  }
  const feed: Feed = openFeed({
    store,
    bus,
    openTail,
    clock,
    report: (_context, cause) => reports.push(cause),
    sink: {
      event: (_id, frame, who) => {
        given.push(JSON.parse(frame).params.seq)
        if (who) left.push(who)
      },
      receipt: (_id, frame) => pushed.push(frame),
      push: (_id, frame) => pushed.push(frame),
    },
  })
  const append = (event = eventAt(log.length + 1)) => {
    log.push(event)
    return event
  }
  const publish = (event: Event) => bus.publish([told(event)])
  const cut = () => {
    for (const listener of cuts) listener()
  }
  return {
    log,
    given,
    pushed,
    left,
    reports,
    clock,
    bus,
    feed,
    append,
    publish,
    cut,
    looks,
    setCut(to: boolean) {
      isCut = to
    },
    /** As with its last member. */
    deleteConversation() {
      isGone = true
      log.length = 0
    },
    failStore: (times: number) => (storeFails = times),
    /** The store answers no more questions until the returned function is called. */
    holdStore() {
      const { promise, resolve } = Promise.withResolvers<void>()
      answered = promise
      return resolve
    },
  }
}

export const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
