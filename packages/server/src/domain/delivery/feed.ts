import type { Event } from '@confab/protocol/event'
import { encodePush } from '@confab/protocol/frames'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Clock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import type { Bus, BusMessage } from '../../ports/bus.ts'
import type { LoggedEvent, LogTail, OpenLogTail } from '../../ports/event-log.ts'
import type { Store } from '../../ports/store.ts'
import { conversationChannel, receiptTag } from './channels.ts'
import type { Pace } from './pace.ts'

/**
 * Turns what the bus delivers at most once into every event, once, in `seq` order.
 *
 *   unknown ── follow ──▶ reading the head ──▶ following(position) ── unfollow ──▶ unknown
 *                                                │         ▲
 *                             a gap, or a head   ▼         │  position reached what was seen
 *                             beyond position   repairing ─┘
 *
 * While a conversation is repaired, what the bus brings is not kept but read from the store with the
 * rest: it is durable, so memory stays bounded however long the repair takes.
 */
export interface Feed extends Disposable {
  /** From its position at return on, each event goes to the sink. Following again changes nothing. */
  follow(ids: readonly ConversationId[]): Promise<void>
  unfollow(ids: readonly ConversationId[]): void
  /** Those that are followed now. */
  followed(): ConversationId[]
  /** Gives what is durable now, without waiting for the bus to tell of it. */
  catchUp(id: ConversationId): Promise<void>
  /** The seq of the last event given to the sink; undefined if not followed, or no such conversation. */
  position(id: ConversationId): number | undefined
}

export interface FeedSink {
  /** An encoded `event` push. `left` is whose `member.left` it is: it is the last that they may get. */
  event(id: ConversationId, frame: string, left: { userId: UserId; seq: number } | undefined): void
  /** An encoded `receipt` push, as some node told it. */
  receipt(id: ConversationId, frame: string): void
  /** A push that belongs to no log. */
  push(id: ConversationId, frame: string): void
}

/** How often some followed conversations are compared with the store's heads, and how many at a time. */
const lookEveryMs = 1_000
const lookAtMax = 500
const repairPage = 500
const repairRetryMs = 1_000

export interface FeedOptions {
  store: Pick<Store, 'heads' | 'events' | 'epoch'>
  bus: Bus
  clock: Clock
  sink: FeedSink
  report: Report
  /** Where there is a log beside the store: it is heard while the bus is cut. */
  openTail?: OpenLogTail | undefined
  /** At which what was missing is given. What the bus brings has been paced before it is heard. */
  pace?: Pace
}

const unpaced: Pace = { goOn: () => true, room: async () => undefined }

export function openFeed({ store, bus, clock, sink, report, openTail, pace = unpaced }: FeedOptions): Feed {
  const positions = new Map<ConversationId, number>()
  /** The highest seq heard of while a conversation's head is read or its gap repaired. */
  const seen = new Map<ConversationId, number>()
  const beginning = new Map<ConversationId, Promise<void>>()
  /** Whoever hears of another one opens another feed. */
  const { epoch } = store
  let looking: ConversationId[] = []
  let tail: LogTail | undefined
  /** The reading of the log since whose beginning the store was looked at: with it, nothing is missed. */
  let lookedSince: number | undefined
  let isFollowing = false
  let closed = false

  function hear({ channel, seq, body, tag }: BusMessage) {
    const id = channel.slice(2) as ConversationId
    const position = positions.get(id)
    if (seq === 0) {
      if (position === undefined) return
      if (tag === receiptTag) sink.receipt(id, body)
      else sink.push(id, body)
      return
    }
    const repairing = seen.get(id)
    if (repairing !== undefined) {
      if (seq > repairing) seen.set(id, seq)
      return
    }
    if (position === undefined) return
    if (seq === position + 1) {
      positions.set(id, seq)
      sink.event(id, body, tag === undefined ? undefined : { userId: tag as UserId, seq })
    } else if (seq > position) repair(id, seq)
  }

  async function begin(ids: ConversationId[]) {
    for (const id of ids) seen.set(id, 0)
    let heads = new Map<ConversationId, number>()
    try {
      await bus.subscribe(ids.map(conversationChannel), hear)
      heads = await store.heads(ids)
    } finally {
      for (const id of ids) beginAt(id, heads.get(id))
    }
  }

  /**
   * Without a head there is nothing to follow: no such conversation, a store that could not say,
   * or a feed that has ended.
   */
  function beginAt(id: ConversationId, head: number | undefined) {
    const reached = seen.get(id) ?? 0
    seen.delete(id)
    if (closed || head === undefined) return bus.unsubscribe([conversationChannel(id)], hear)
    positions.set(id, head)
    if (reached > head) repair(id, reached)
  }

  function repair(id: ConversationId, upTo: number) {
    seen.set(id, upTo)
    readMissing(id).catch((cause) => {
      report(`feed: conversation ${id} is not repaired yet`, cause)
      clock.after(repairRetryMs, () => {
        if (!closed && seen.has(id)) repair(id, seen.get(id) ?? upTo)
      })
    })
  }

  async function readMissing(id: ConversationId) {
    for (;;) {
      const position = positions.get(id)
      // Followed no more; or anew, and then what is seen meanwhile is for who begins.
      if (position === undefined) return
      if (position >= (seen.get(id) ?? 0)) break
      const { events } = await store.events({ conversationId: id, after: position, limit: repairPage })
      if (events.length === 0) {
        if ((await store.heads([id])).has(id))
          throw new Error(`the store ends at ${position}, the bus told of ${seen.get(id)}`)
        // It went with its last member: nobody is left to be told, and it never comes back.
        return unfollow([id])
      }
      for (const event of events) if (!give(event)) await pace.room()
    }
    seen.delete(id)
  }

  function unfollow(ids: readonly ConversationId[]) {
    for (const id of ids) {
      positions.delete(id)
      seen.delete(id)
    }
    bus.unsubscribe(ids.map(conversationChannel), hear)
  }

  /** False where the next must wait. */
  function give(event: Event): boolean {
    const position = positions.get(event.conversationId)
    if (position === undefined || event.seq !== position + 1) return true
    positions.set(event.conversationId, event.seq)
    const left = event.type === 'member.left' ? { userId: event.data.userId, seq: event.seq } : undefined
    const frame = encodePush('event', event)
    sink.event(event.conversationId, frame, left)
    return pace.goOn(Buffer.byteLength(frame))
  }

  async function lookAtHeads(ids: readonly ConversationId[]) {
    for (const [id, head] of await store.heads(ids)) {
      const position = positions.get(id)
      if (position !== undefined && head > position && !seen.has(id)) repair(id, head)
    }
  }

  /**
   * A part of the followed conversations a second: an answer to lost messages that costs next to nothing. All
   * of them while the bus is cut, by their ids, since an index by time would cost every append; but only
   * until a log beside the store is heard, if there is one.
   */
  function lookAround() {
    if (closed) return
    cancelLook = clock.after(lookEveryMs, lookAround)
    if (bus.isCut) {
      tail ??= openTail?.(hearLog)
      const isHeard = tail?.reading !== undefined && tail.reading === lookedSince
      if (!isHeard) return void followStore()
    } else endTail()
    if (looking.length === 0) looking = [...positions.keys()]
    lookAtHeads(looking.splice(-lookAtMax)).catch((cause) => report('feed: heads not read', cause))
  }

  async function followStore() {
    if (isFollowing) return
    isFollowing = true
    const [heard, reading] = [tail, tail?.reading]
    lookedSince = undefined
    try {
      await lookAtAll()
      // Each log counts its readings anew.
      if (tail === heard) lookedSince = reading
    } catch (cause) {
      report('feed: heads not read while the bus is cut', cause)
    }
    isFollowing = false
  }

  function hearLog(events: readonly LoggedEvent[]) {
    for (const { epoch: of, conversationId: id, seq } of events) {
      // In an earlier history there may be more of it than here, and whoever looked for that found no end.
      if (of !== epoch) continue
      const position = positions.get(id)
      const repairing = seen.get(id)
      if (repairing !== undefined) seen.set(id, Math.max(repairing, seq))
      else if (position !== undefined && seq > position) repair(id, seq)
    }
  }

  function endTail() {
    void tail?.[Symbol.asyncDispose]()
    tail = undefined
    lookedSince = undefined
  }

  async function lookAtAll() {
    const all = [...positions.keys()]
    for (let from = 0; from < all.length; from += lookAtMax)
      await lookAtHeads(all.slice(from, from + lookAtMax))
  }

  let cancelLook = clock.after(lookEveryMs, lookAround)
  const stopHearingCuts = bus.onCut(() => {
    lookAtAll().catch((cause) => report('feed: heads not read after a cut', cause))
  })

  return {
    followed: () => [...positions.keys()],
    position: (id) => positions.get(id),
    async catchUp(id) {
      const head = (await store.heads([id])).get(id) ?? 0
      if (head <= (positions.get(id) ?? head)) return
      seen.set(id, Math.max(seen.get(id) ?? 0, head))
      // What is being repaired already is read twice, and given once.
      await readMissing(id).catch(() => repair(id, head))
    },
    async follow(ids) {
      if (closed) return
      const fresh = ids.filter((id) => !positions.has(id) && !beginning.has(id))
      if (fresh.length > 0) {
        const begun = begin(fresh).finally(() => {
          for (const id of fresh) beginning.delete(id)
        })
        for (const id of fresh) beginning.set(id, begun)
      }
      if (beginning.size > 0) await Promise.all(new Set(ids.map((id) => beginning.get(id))))
    },
    unfollow,
    [Symbol.dispose]() {
      closed = true
      cancelLook()
      endTail()
      stopHearingCuts()
      bus.unsubscribe([...positions.keys()].map(conversationChannel), hear)
      positions.clear()
      seen.clear()
    },
  }
}
