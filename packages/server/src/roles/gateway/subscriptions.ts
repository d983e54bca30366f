import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Feed, FeedSink } from '../../domain/delivery/feed.ts'
import { readStanding, type UserStanding } from '../../domain/delivery/sync.ts'
import type { CursorGate } from '../../domain/receipts/cursor-gate.ts'
import type { Standing, Store } from '../../ports/store.ts'
import type { Connection, SignedIn } from './connection.ts'

/**
 * Who gets which conversation's events: a socket subscribes to a native topic for each conversation of
 * its user, and what the feed gives is one publish, however many sockets there are.
 *
 * A native topic costs a subscriber 80 to 260 bytes. A socket in more than `topicsMax` conversations has
 * one topic of its own instead, and a conversation knows which of these want its events.
 */
export interface Subscriptions extends Disposable {
  /**
   * Subscribes to all conversations of the connection's user. Every event after it returned is delivered.
   * Answers the standing that it read, if every event after those heads is delivered too.
   */
  enter(connection: SignedIn): Promise<UserStanding | undefined>
  /**
   * Tells a user's connections of a conversation that they are in, by the push that is read; those that come
   * in by it get each event after its head from then on, and nothing of the conversation before it.
   */
  join(coming: Coming): Promise<void>
  /** Hands out whatever happened in the conversation until now. */
  catchUp(id: ConversationId): Promise<void>
  /** Nothing after this for a user who is no member, and nothing of what has not been published yet. */
  leaveIfGone(userId: UserId, id: ConversationId): Promise<void>
  /**
   * Whether the connection gets what is pushed of the conversation,
   * its events from now on or from a head to come.
   */
  hears(connection: Connection, id: ConversationId): boolean
  forget(connection: Connection): void
  /** Stops following some conversations that nobody here listens to any more. Called once a second. */
  sweep(): void
}

export interface Coming {
  id: ConversationId
  /** Those that are synced by the time of it. */
  connections: () => readonly SignedIn[]
  /** What to push, as of which head; undefined if the user is no member. */
  read: () => Promise<{ head: number; frame: string } | undefined>
}

/** Above this a topic for each conversation costs a socket more than the detour (docs/decisions/0007). */
const topicsMax = 500
const sweptMax = 2_000
/** So many being joined are gone through in a few milliseconds; a million take 50 to 100. */
const heldSweptMax = 50_000
const lookTriesMax = 20

interface Given {
  seq: number
  frame: string
  /** Whose `member.left` it is. */
  left: UserId | undefined
}

/**
 * The first and the last head at which somebody was seen, who asked more than once: what lies between was
 * told by no earlier answer, so they are attached at the first; and at the last again, where they had left.
 */
interface Expected {
  from: number
  until: number
}

export interface Publisher {
  publish(topic: string, frame: string): unknown
  subscriberCount(topic: string): number
}

export interface SubscriptionsOptions {
  store: Pick<Store, 'revs' | 'memberships' | 'standing'>
  publisher: Publisher
  topicOf: (id: ConversationId) => string
  openFeed: (sink: FeedSink) => Feed
  cursors: CursorGate
  connectionsOf: (userId: UserId) => Iterable<Connection>
}

export function openSubscriptions({
  store,
  publisher,
  topicOf,
  openFeed,
  cursors,
  connectionsOf,
}: SubscriptionsOptions): Subscriptions {
  /** Those that are being joined: the sweep must not take them for unused. */
  const held = new Set<readonly ConversationId[]>()
  let heldCount = 0
  const wideTopics = new Map<ConversationId, Set<string>>()
  const wideConversations = new Map<Connection, Set<ConversationId>>()
  /** A connection is wide or not from its first sync to its end. */
  const entered = new WeakSet<Connection>()
  /**
   * Who was seen to be a member at a head that the feed has not come to: attached when it does. What it gives
   * until then may be from when they were none,
   * and their own `member.left` in it is from before they were back.
   */
  const expected = new Map<ConversationId, Map<Connection, Expected>>()
  /** The events given while somebody comes in. */
  const arrivals = new Map<ConversationId, Set<Given[]>>()
  let sweeping: ConversationId[] = []

  const feed = openFeed({
    event(id, frame, left) {
      publish(id, frame)
      for (const given of arrivals.get(id) ?? [])
        given.push({ seq: feed.position(id) ?? 0, frame, left: left?.userId })
      if (left !== undefined) {
        cursors.left({ conversationId: id, ...left })
        for (const connection of connectionsOf(left.userId)) leave(connection, id)
      }
      attachReached(id)
    },
    receipt(id, told) {
      const frame = cursors.pass(told)
      if (frame !== undefined) tellBeside(id, frame)
    },
    push: tellBeside,
  })

  /** What belongs to no log: those who are expected get it too. */
  function tellBeside(id: ConversationId, frame: string) {
    publish(id, frame)
    for (const connection of expected.get(id)?.keys() ?? []) if (!isIn(connection, id)) connection.push(frame)
  }

  function publish(id: ConversationId, frame: string) {
    publisher.publish(topicOf(id), frame)
    const wide = wideTopics.get(id)
    if (wide) for (const topic of wide) publisher.publish(topic, frame)
  }

  /** True if each head that was seen is one that the feed had not passed when the connection was attached. */
  async function subscribe(
    connection: SignedIn,
    wanted: { conversationId: ConversationId; head: number }[],
  ): Promise<boolean> {
    let current = true
    const ids = wanted.map(({ conversationId }) => conversationId)
    using _ = hold(ids)
    await feed.follow(ids)
    for (const { conversationId, head } of wanted) {
      // The feed may be past the head at which membership was seen: look again.
      if ((feed.position(conversationId) ?? 0) > head) {
        current = false
        await attachIfMember(connection, conversationId)
      } else attach(connection, conversationId, head)
    }
    return current
  }

  function hold(ids: readonly ConversationId[]): Disposable {
    held.add(ids)
    heldCount += ids.length
    return {
      [Symbol.dispose]() {
        if (held.delete(ids)) heldCount -= ids.length
      },
    }
  }

  /** What the feed gives of a conversation from now on. */
  function keepGiven(id: ConversationId): { given: Given[] } & Disposable {
    const given: Given[] = []
    const all = arrivals.get(id) ?? new Set()
    arrivals.set(id, all.add(given))
    return {
      given,
      [Symbol.dispose]() {
        all.delete(given)
        if (all.size === 0) arrivals.delete(id)
      },
    }
  }

  /** The push and the events after its head, up to one's own leaving; attached if that isn't among them. */
  function bringIn(
    connection: SignedIn,
    id: ConversationId,
    coming: { head: number; frame: string },
    given: Given[],
  ) {
    const after = given.filter(({ seq }) => seq > coming.head)
    const leaving = after.findIndex(({ left }) => left === connection.session.userId)
    const told = leaving < 0 ? after : after.slice(0, leaving + 1)
    connection.push(coming.frame, ...told.map(({ frame }) => frame))
    if (leaving < 0) attach(connection, id, coming.head)
  }

  const isIn = (connection: Connection, id: ConversationId): boolean =>
    wideConversations.get(connection)?.has(id) ?? connection.isSubscribed(topicOf(id))

  const hears = (connection: Connection, id: ConversationId): boolean =>
    isIn(connection, id) || expected.get(id)?.has(connection) === true

  async function attachIfMember(connection: SignedIn, id: ConversationId) {
    const standing = await standingNow(id, connection.session.userId)
    if (standing?.role) attach(connection, id, standing.head)
  }

  /**
   * As of a seq that the feed hasn't passed, so that no `member.left` and no `member.joined` lies between.
   */
  async function standingNow(id: ConversationId, userId: UserId): Promise<Standing | undefined> {
    for (let tries = 0; tries < lookTriesMax; tries++) {
      const standing = await store.standing(id, userId)
      if (!standing || (feed.position(id) ?? 0) <= standing.head) return standing
    }
    throw new Error(`subscriptions: ${id} moved on ${lookTriesMax} times while it was looked at`)
  }

  /** From the head on, at which the user was seen to be a member. */
  function attach(connection: Connection, id: ConversationId, head: number) {
    if (connection.closed) return
    if ((feed.position(id) ?? head) < head) {
      const waiting = expected.get(id) ?? new Map<Connection, Expected>()
      const { from, until } = waiting.get(connection) ?? { from: head, until: head }
      waiting.set(connection, { from: Math.min(from, head), until: Math.max(until, head) })
      expected.set(id, waiting)
      return
    }
    const wide = wideConversations.get(connection)
    if (!wide) return connection.subscribe(topicOf(id))
    wide.add(id)
    const topics = wideTopics.get(id)
    if (topics) topics.add(ownTopic(connection))
    else wideTopics.set(id, new Set([ownTopic(connection)]))
  }

  function attachReached(id: ConversationId) {
    const waiting = expected.get(id)
    if (!waiting) return
    for (const [connection, { from, until }] of waiting) {
      const reached = connection.closed ? until : (feed.position(id) ?? until)
      if (expectLater(connection, id, reached)) attach(connection, id, from)
    }
    if (waiting.size === 0) expected.delete(id)
  }

  /** Only at what was seen after that head is left; false if nothing was expected up to it. */
  function expectLater(connection: Connection, id: ConversationId, head: number): boolean {
    const waiting = expected.get(id)
    const seen = waiting?.get(connection)
    if (!waiting || !seen || seen.from > head) return false
    if (seen.until > head) waiting.set(connection, { from: seen.until, until: seen.until })
    else waiting.delete(connection)
    return true
  }

  function leave(connection: Connection, id: ConversationId) {
    connection.unsubscribe(topicOf(id))
    if (wideConversations.get(connection)?.delete(id)) leaveWide(connection, id)
  }

  function leaveWide(connection: Connection, id: ConversationId) {
    const topics = wideTopics.get(id)
    topics?.delete(ownTopic(connection))
    if (topics?.size === 0) wideTopics.delete(id)
  }

  return {
    async enter(connection) {
      const standing = await readStanding(store, connection.session.userId)
      const wanted = standing.memberships
      if (wanted.length > topicsMax && !entered.has(connection) && !connection.closed) {
        wideConversations.set(connection, new Set())
        connection.subscribe(ownTopic(connection))
      }
      entered.add(connection)
      return (await subscribe(connection, wanted)) ? standing : undefined
    },
    async join({ id, connections, read }) {
      using _ = hold([id])
      using keeping = keepGiven(id)
      await feed.follow([id])
      const coming = await read()
      if (!coming) return
      for (const connection of connections()) {
        if (!hears(connection, id)) bringIn(connection, id, coming, keeping.given)
        else {
          connection.push(coming.frame)
          // A `member.left` from before this may be still to come, and takes them out until then.
          if (isIn(connection, id)) attach(connection, id, coming.head)
        }
      }
    },
    catchUp: feed.catchUp,
    async leaveIfGone(userId, id) {
      const standing = await standingNow(id, userId)
      if (standing?.role) return
      for (const connection of connectionsOf(userId)) {
        leave(connection, id)
        // Who was seen to be a member later than this is back.
        expectLater(connection, id, standing?.head ?? Number.MAX_SAFE_INTEGER)
      }
    },
    hears,
    forget(connection) {
      for (const id of wideConversations.get(connection) ?? []) leaveWide(connection, id)
      wideConversations.delete(connection)
    },
    sweep() {
      for (const id of expected.keys()) attachReached(id)
      if (sweeping.length === 0) sweeping = feed.followed()
      // While a crowd comes in, what nobody listens to may be what it joins, and can wait.
      if (heldCount > heldSweptMax) return
      const joined = new Set([...held].flat())
      const unused = sweeping
        .splice(-sweptMax)
        .filter((id) => !joined.has(id) && !expected.has(id) && !wideTopics.has(id))
        .filter((id) => publisher.subscriberCount(topicOf(id)) === 0)
      if (unused.length > 0) feed.unfollow(unused)
    },
    [Symbol.dispose]: () => feed[Symbol.dispose](),
  }
}

const ownTopic = ({ id }: Connection) => `own ${id}`
