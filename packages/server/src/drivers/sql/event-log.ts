import type { ConversationId } from '@confab/protocol/ids'
import type { ReplayPoint, StoreLog } from '../../ports/event-log.ts'
import { eventsAtOnce, type FollowOptions, followPositions, loggedEvent } from './follow-positions.ts'
import { beforeAll, type LogWords, logPositions } from './log-positions.ts'
import type { Statements } from './statements.ts'

export type SqlEventLogOptions = FollowOptions & { statements: Statements; words: LogWords }

/**
 * The log that the store itself is: nothing is written beside it but how far each group has come in each
 * conversation. Of several nodes that follow as one group one is at it at a time; who ends without a word is
 * followed by another after `leaseMs`. Where nobody follows, a commit asks that and no more.
 */
export function openSqlEventLog(options: SqlEventLogOptions): StoreLog {
  const { statements, words, store } = options
  const positions = logPositions(statements, words)
  const following = new Set<AsyncDisposable>()
  let isUp = true

  async function* conversations() {
    let after: string = beforeAll
    for (;;) {
      const page = await positions.conversations(after)
      const last = page.at(-1)
      if (last === undefined) return
      yield { after, last: last.id, page }
      after = last.id
    }
  }

  /** The last seq before a time: in a conversation no event is earlier than the one before it. */
  async function lastBefore(conversationId: ConversationId, head: number, since: number): Promise<number> {
    let [from, to] = [0, head]
    while (from < to) {
      const middle = from + Math.floor((to - from) / 2)
      const { events } = await store.events({ conversationId, after: middle, limit: 1 })
      const [next] = events
      if (next === undefined || Date.parse(next.at) >= since) to = middle
      else from = middle + 1
    }
    return from
  }

  const placeOf = async ({ id, head, lastAt }: Place, from: ReplayPoint): Promise<number> => {
    if (from === 'start') return 0
    return lastAt < from.since ? head : lastBefore(id, head, from.since)
  }

  return {
    get isUp() {
      return isUp
    },

    follow(group, handle) {
      const follower = followPositions(group, { ...options, positions, handle, onUp: (up) => (isUp = up) })
      following.add(follower)
      return {
        async [Symbol.asyncDispose]() {
          following.delete(follower)
          await follower[Symbol.asyncDispose]()
        },
      }
    },

    async *read(from) {
      const epoch = await positions.epoch()
      for await (const { page } of conversations()) {
        for (const place of page) {
          let seq = await placeOf(place, from)
          while (seq < place.head) {
            const limit = Math.min(eventsAtOnce, place.head - seq)
            const { events } = await store.events({ conversationId: place.id, after: seq, limit })
            const last = events.at(-1)
            if (last === undefined) break
            yield events.map((event) => loggedEvent(event, epoch))
            seq = last.seq
          }
        }
      }
    },

    async rewind(group, from) {
      await positions.add(group)
      for await (const { after, last, page } of conversations()) {
        await positions.look(group, after, last)
        const places = page.map(async (place) => ({
          conversationId: place.id,
          seq: await placeOf(place, from),
        }))
        await positions.put(group, await Promise.all(places))
      }
    },

    lag: (group) => positions.lag(group),
    doneAgoMs: (group) => positions.doneAgoMs(group),

    async [Symbol.asyncDispose]() {
      await Promise.all([...following].map((one) => one[Symbol.asyncDispose]()))
    },
  }
}

interface Place {
  id: ConversationId
  head: number
  lastAt: number
}
