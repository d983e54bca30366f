import type { CallParams, SyncResult } from '@confab/protocol/calls'
import type { Conversation } from '@confab/protocol/conversation'
import type { Event } from '@confab/protocol/event'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { syncBehindMax, syncConversationsMax, syncEventsMax } from '@confab/protocol/limits'
import type { Receipt } from '@confab/protocol/pushes'
import type { User } from '@confab/protocol/user'
import { isoTime } from '../../lib/clock.ts'
import type { ClockSetBacks } from '../../lib/clock-set-backs.ts'
import type { Membership, Store } from '../../ports/store.ts'
import type { Domain } from '../domain.ts'
import { accessMe } from '../people/find-me.ts'
import { fitting, ReplyBudget } from './fitting.ts'
import { readFittingEvents } from './read-fitting-events.ts'

/** How much one reply tells, and how far behind a copy is still worth mending. */
export interface SyncBounds {
  conversationsMax: number
  eventsMax: number
  behindMax: number
}

/** The contract's. A simulation, whose logs are short, has smaller ones. */
export const syncBounds: SyncBounds = {
  conversationsMax: syncConversationsMax,
  eventsMax: syncEventsMax,
  behindMax: syncBehindMax,
}

export interface SyncOptions {
  standing?: UserStanding | undefined
  bounds?: SyncBounds
  /** Where the clock that `since` was told by was set back. */
  setBacks?: ClockSetBacks
}

/** What changed this long before the look may have been committed after it by a slower clock. */
const overlapMs = 2_000

/**
 * What a client lacks, in one reply of bounded size: see `sync` in docs/protocol.md. The caller has
 * subscribed the connection before, so that no event falls between this snapshot and the live ones. It may
 * hand over the user's standing as it read it, if what has been pushed since then tells of every change.
 */
export async function sync(
  domain: Domain,
  userId: UserId,
  { cursors, userRev: known = 0, since }: CallParams['sync'],
  { standing, bounds = syncBounds, setBacks }: SyncOptions = {},
): Promise<SyncResult> {
  const { store, clock } = domain
  const now = clock.now()
  const at = isoTime(now - overlapMs)
  setBacks?.look()
  const changedFrom = since === undefined ? undefined : changesFrom(Date.parse(since), now, setBacks)
  const { userRev, meRev, memberships } = standing ?? (await readStanding(store, userId))
  const ownRev = known > userRev ? 0 : known

  const reset: ConversationId[] = []
  const wanted = memberships.filter((membership) => {
    const cursor = cursors[membership.conversationId]
    if (cursor === undefined) return true
    if (cursor > membership.head || membership.head - cursor > bounds.behindMax) {
      reset.push(membership.conversationId)
      return true
    }
    return cursor < membership.head || membership.userRev > ownRev
  })
  const mine = new Set(memberships.map(({ conversationId }) => conversationId))
  const removed = (Object.keys(cursors) as ConversationId[]).filter((id) => !mine.has(id))

  const meChanged = known === 0 || meRev > ownRev
  const me = meChanged ? await accessMe(domain, userId) : undefined
  const budget = new ReplyBudget()
  budget.reserve([me, reset, removed])
  // As if all were left out, which may turn out to be so.
  budget.reserve(wanted.map(({ conversationId, head }) => ({ id: conversationId, head })))
  const changed =
    changedFrom === undefined
      ? { ...unchanged, at }
      : await changedSince(domain, userId, { since: changedFrom, at }, budget)
  const headsOfWanted = new Map(wanted.map(({ conversationId, head }) => [conversationId, head]))
  const shown = await store.conversations({
    ids: wanted.slice(0, bounds.conversationsMax).map(({ conversationId }) => conversationId),
    viewerId: userId,
  })
  const conversations: Conversation[] = []
  const events: Event[] = []
  const more: SyncResult['more'] = []
  for (const conversation of shown) {
    if (conversation.me === null || !budget.fits(conversation)) continue
    conversations.push(conversation)
    const { id, head } = conversation
    headsOfWanted.delete(id)
    const cursor = reset.includes(id) ? undefined : cursors[id]
    if (cursor === undefined || cursor >= head) continue
    const reached = await readEvents(domain, budget, events, {
      id,
      cursor,
      head,
      eventsMax: bounds.eventsMax,
    })
    if (reached < head) more.push({ id, head })
  }
  for (const [id, head] of headsOfWanted) more.push({ id, head })

  return {
    userRev,
    at: changed.at,
    conversations,
    events,
    more,
    reset,
    removed,
    receipts: changed.receipts,
    users: [...changed.users, ...(await sendersOf(domain, changed.users, conversations, events, budget))],
    ...(me && { me }),
  }
}

/**
 * A clock that was set back would pass over all that changes until it is there again,
 * and some of it for ever.
 */
const changesFrom = (since: number, now: number, setBacks: SyncOptions['setBacks']): number =>
  since > now ? 0 : (setBacks?.from(since) ?? since)

/** What a user has, and how often that has changed. */
export interface UserStanding {
  userRev: number
  meRev: number
  memberships: Membership[]
}

export async function readStanding(
  store: Pick<Store, 'revs' | 'memberships'>,
  userId: UserId,
): Promise<UserStanding> {
  // The revs before the rest: what changes meanwhile comes again with its own, later rev.
  const revs = await store.revs(userId)
  return { ...revs, memberships: await store.memberships(userId) }
}

interface Changed {
  /** How far these tell: what changed after it is still to be told. */
  at: string
  receipts: Receipt[]
  users: User[]
}

const unchanged = { receipts: [], users: [] }
/** Leaves most of a reply to conversations and events, of which a client needs all. */
const changedBytesMax = 240 * 1024

/** Cursors and people that changed, the earliest first, as far as they fit; the rest is after `at`. */
async function changedSince(
  { store }: Domain,
  userId: UserId,
  { since, at }: { since: number; at: string },
  whole: ReplyBudget,
): Promise<Changed> {
  const { receipts, users, until } = await store.changedSince(userId, since)
  const changes = [
    ...receipts.map((receipt) => ({ receipt, changedAt: latest(receipt.readAt, receipt.deliveredAt) })),
    ...users.map((user) => ({ user, changedAt: user.updatedAt })),
  ].sort((one, other) => (one.changedAt < other.changedAt ? -1 : 1))
  const told = fitting(changes, new ReplyBudget(changedBytesMax))
  const ends = [at, changes[told.length]?.changedAt, until === null ? undefined : isoTime(until)]
  const changed = {
    at: ends.filter((end) => end !== undefined).reduce((one, other) => (one < other ? one : other)),
    receipts: told.flatMap((change) => ('receipt' in change ? [change.receipt] : [])),
    users: told.flatMap((change) => ('user' in change ? [change.user] : [])),
  }
  whole.reserve(changed)
  return changed
}

/** Instants compare as text. */
const latest = (one = '', other = ''): string => (one > other ? one : other)

/** Adds the events after a cursor as far as they fit; answers with the seq reached. */
async function readEvents(
  { store }: Domain,
  budget: ReplyBudget,
  into: Event[],
  { id, cursor, head, eventsMax }: { id: ConversationId; cursor: number; head: number; eventsMax: number },
): Promise<number> {
  const limit = Math.min(eventsMax - into.length, head - cursor)
  if (limit <= 0) return cursor
  const read = (step: { after: number; limit: number }) => store.events({ conversationId: id, ...step })
  const { events } = await readFittingEvents(read, { after: cursor, limit }, budget)
  into.push(...events)
  return events.at(-1)?.seq ?? cursor
}

/** The people whom the reply names but doesn't show, as far as they fit: a client need not ask for these. */
async function sendersOf(
  { store }: Domain,
  users: User[],
  conversations: Conversation[],
  events: Event[],
  budget: ReplyBudget,
): Promise<User[]> {
  const named = new Set<UserId>(events.map(({ actorId }) => actorId))
  for (const { lastMessage } of conversations) if (lastMessage) named.add(lastMessage.senderId)
  for (const { members } of conversations) for (const { user } of members) named.delete(user.id)
  for (const { id } of users) named.delete(id)
  return named.size > 0 ? fitting(await store.users([...named]), budget) : []
}
