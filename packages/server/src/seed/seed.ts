import type { Kind } from '@confab/protocol/conversation'
import { type ConversationId, conversationId, messageId, type UserId, userId } from '@confab/protocol/ids'
import { assert } from '../lib/assert.ts'
import { digest16 } from '../lib/hash.ts'
import type { Store } from '../ports/store.ts'
import type { Write } from '../ports/writes.ts'
import { membersOf } from './members-of.ts'

/** How much to fill in. Every user comes to be in about `conversations * members / users` conversations. */
export interface SeedSize {
  users: number
  conversations: number
  /** In each conversation; two make it a direct one. */
  members: number
  /** Members of one public channel more, the last of the conversations; none with 0. */
  channel: number
  /** In all, spread evenly over the conversations and their senders. */
  messages: number
  /** How many of a conversation's members send, the first ones; the others have read nothing. */
  senders: number
}

export interface SeedTools {
  store: Pick<Store, 'createUser' | 'commit' | 'searchUsers' | 'revs' | 'memberships'>
  /** Makes each an account that is signed in; answers with their bearer tokens, in order. */
  addAccounts: (accounts: readonly NewAccount[]) => Promise<string[]>
  /** Called once there are people, and again once there is everything. */
  gatherStatistics: () => Promise<void>
  newId: () => string
  now: () => number
}

export interface NewAccount {
  id: UserId
  name: string
  email: string
  at: number
}

/** What was filled in, for a load driver. Conversations name their members by the index in `users`. */
export interface Seeded {
  users: { id: UserId; token: string; userRev: number }[]
  conversations: { id: ConversationId; head: number; members: number[] }[]
}

interface People {
  id: UserId
  token: string
}

interface Group {
  id: ConversationId
  members: number[]
  kind: Kind
  name: string | null
}

/** The folder holds somebody's data: it is left as it is. */
export class NotEmpty extends Error {
  override readonly name = 'NotEmpty'
  /** EX_DATAERR of sysexits.h. */
  readonly exitStatus = 65
}

/** As many as the commit queue hands to the store at once. */
const writesPerCommit = 512

/**
 * Fills an empty store with people, conversations and messages, in bulk and beside the domain: no limits,
 * and nobody is told. It needs the data folder to itself, so it can be turned neither on a server that
 * runs nor on anybody else's. Throws NotEmpty where there are people already.
 */
export async function seed(tools: SeedTools, size: SeedSize): Promise<Seeded> {
  const { store } = tools
  const { items } = await store.searchUsers({ query: '', limit: 1 })
  if (items.length > 0) throw new NotEmpty('the data folder is not empty: seed fills new ones alone')
  const users = await addUsers(tools, size.users)
  await tools.gatherStatistics()
  const conversations = await addConversations(tools, size, users)
  await addMessages(tools, size, users, conversations)
  await tools.gatherStatistics()

  const heads = new Map<ConversationId, number>()
  const seeded: Seeded = { users: [], conversations: [] }
  for (const { id, token } of users) {
    for (const membership of await store.memberships(id))
      heads.set(membership.conversationId, membership.head)
    seeded.users.push({ id, token, userRev: (await store.revs(id)).userRev })
  }
  for (const { id, members } of conversations) {
    seeded.conversations.push({ id, head: heads.get(id) ?? 0, members })
  }
  return seeded
}

async function addUsers({ store, addAccounts, newId, now }: SeedTools, count: number): Promise<People[]> {
  const accounts = Array.from({ length: count }, (_, index) => ({
    id: userId.parse(newId()),
    name: `Person ${index}`,
    email: `person-${index}@seed.invalid`,
    at: now(),
  }))
  for (const [index, { id, name, at }] of accounts.entries()) {
    await store.createUser({ id, name, handle: `person_${index}`, at })
  }
  const tokens = await addAccounts(accounts)
  return accounts.map(({ id }, index) => ({ id, token: at(tokens, index) }))
}

async function addConversations(
  { store, newId, now }: SeedTools,
  size: SeedSize,
  users: readonly People[],
): Promise<Group[]> {
  const groups = planGroups(size).map((group) => ({ ...group, id: conversationId.parse(newId()) }))
  await commitAll(store, groups, ({ id, kind, name, members: [creator = 0, ...others] }) => ({
    write: 'conversation.create',
    conversationId: id,
    actorId: at(users, creator).id,
    at: now(),
    kind,
    name,
    topic: null,
    visibility: kind === 'channel' ? 'public' : 'private',
    memberIds: others.map((other) => at(users, other).id),
  }))
  return groups
}

function planGroups({ users, conversations, members, channel }: SeedSize): Omit<Group, 'id'>[] {
  const groups = Array.from({ length: conversations }, (_, index): Omit<Group, 'id'> => {
    const direct = members === 2
    return {
      members: membersOf(index, { users, members }),
      kind: direct ? 'direct' : 'group',
      name: direct ? null : `Group ${index}`,
    }
  })
  if (channel === 0) return groups
  const everybody = Array.from({ length: channel }, (_, user) => user)
  return [...groups, { members: everybody, kind: 'channel', name: 'Everybody' }]
}

async function addMessages(
  { store, newId, now }: SeedTools,
  { messages, senders }: SeedSize,
  users: readonly People[],
  groups: readonly Group[],
): Promise<void> {
  await commitAll(store, Array.from({ length: messages }), (_, index) => {
    const { id, members } = at(groups, index % groups.length)
    const sender = at(
      users,
      at(members, Math.floor(index / groups.length) % Math.min(senders, members.length)),
    )
    const clientId = `seed-${index}`
    return {
      write: 'message.create',
      conversationId: id,
      actorId: sender.id,
      at: now(),
      messageId: messageId.parse(newId()),
      clientId,
      sendKey: digest16(`${id}${sender.id}${clientId}`),
      // Nobody sends these again, so that nothing is ever compared with it.
      contentKey: digest16(clientId),
      text: `${index}: ${textOf(index)}`,
      replyToSeq: null,
      priority: null,
    }
  })
}

async function commitAll<Item>(
  store: SeedTools['store'],
  items: readonly Item[],
  writeOf: (item: Item, index: number) => Write,
): Promise<void> {
  for (let from = 0; from < items.length; from += writesPerCommit) {
    const writes = items.slice(from, from + writesPerCommit).map((item, index) => writeOf(item, from + index))
    for (const outcome of await store.commit(writes)) {
      assert(outcome.status === 'committed' && outcome.fresh, `not seeded: ${JSON.stringify(outcome)}`)
    }
  }
}

const sentence =
  'The quick brown fox jumps over the lazy dog while somebody else is still looking for the key of the door. '

/** Some words, 20 to 200 characters of them. */
const textOf = (index: number) => sentence.repeat(2).slice(0, 20 + ((index * 37) % 181))

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index]
  assert(item !== undefined, `nothing at ${index} of ${items.length}`)
  return item
}
