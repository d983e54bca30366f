import type {
  Conversation,
  ConversationPermissions,
  Kind,
  Member,
  Role,
  Visibility,
} from '@confab/protocol/conversation'
import type { Event } from '@confab/protocol/event'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import type { Receipt } from '@confab/protocol/pushes'
import type { Me, ServerRole, User } from '@confab/protocol/user'
import type { Shards } from './shards.ts'
import type { KeptPresence, Outcome, UserChange, Write } from './writes.ts'

/**
 * Keeps conversations as logs, and the state that the logs fold to, in one transaction.
 *
 * - `commit` is atomic per write and durable when it resolves: flushed to disk, in the order given.
 *   Writes of one call may share a transaction; a refused one leaves no trace and hinders no other.
 * - A conversation's events count `seq` 1, 2, 3 … without gaps, its messages `ordinal` likewise;
 *   `at` never runs backwards along `seq`.
 * - Every write that has an actor checks under the conversation's lock that the actor is a member who may
 *   (`permissions` of the protocol), so nothing is ever ordered after its actor's `member.left`.
 * - `userRev` of a user counts, without gaps, the changes of what is their own, in the same transaction.
 *
 * Each read is a consistent snapshot by itself, of the latest commit; with `atLeast`, of one that is no
 * earlier than that. Times are milliseconds since 1970 UTC.
 */
export interface Store extends AsyncDisposable {
  /** Names this history. Another epoch means that what a client holds may never have happened. */
  readonly epoch: string

  /** Undefined where all lie together. Whoever commits for many conversations keeps a call to one shard. */
  readonly shards?: Shards | undefined

  /** How many calls, reads included, are served side by side; more wait for each other. Undefined: one. */
  readonly callsAtOnce?: number | undefined

  /**
   * Commits a batch; answers one outcome a write, in order. Rejects only if nothing was committed: with
   * TookTooLong where it was ended for that.
   */
  commit(writes: readonly Write[]): Promise<Outcome[]>

  /** What a user is to a conversation; undefined if there is no such conversation. */
  standing(conversationId: ConversationId, userId: UserId): Promise<Standing | undefined>
  /** Events after a seq, ascending and contiguous, with the content of messages as it is now. */
  events(range: {
    conversationId: ConversationId
    after: number
    limit: number
    atLeast?: Reached | undefined
  }): Promise<{
    events: Event[]
    head: number
  }>
  /** A page of messages, ascending by seq. Without before, after or around: the latest. */
  history(page: {
    conversationId: ConversationId
    viewerId: UserId
    before?: number | undefined
    after?: number | undefined
    around?: number | undefined
    limit: number
    atLeast?: Reached | undefined
  }): Promise<{ messages: Message[]; head: number }>
  /** The pinned messages that exist, the latest pinned first. */
  pins(page: ListPage & { conversationId: ConversationId; viewerId: UserId }): Promise<List<Message>>
  /** Who reacted to a message with an emoji, the first one first. */
  reactors(
    page: ListPage & { conversationId: ConversationId; seq: number; emoji: string },
  ): Promise<List<User>>
  message(at: { conversationId: ConversationId; seq: number; viewerId: UserId }): Promise<Message | undefined>
  /** Who has read up to a seq, and when; the earliest first. Null above `limits.receiptMembers` members. */
  readers(at: {
    conversationId: ConversationId
    seq: number
  }): Promise<{ userId: UserId; readAt: number }[] | null>
  /** The message first sent under a key, as it stands now, and the content key it came with. */
  sent(key: SendKey): Promise<{ message: Message; contentKey: Uint8Array } | undefined>
  /**
   * Of the conversations after a place, at most `limit`, those with messages older than they are kept, and
   * before which time: by their own days or the server's, whichever are fewer. `next` is null at the end.
   * Where `serverDays` is null, those without days of their own aren't even looked at.
   */
  dueForExpiry(query: {
    now: number
    serverDays: number | null
    after?: number | undefined
    limit: number
  }): Promise<{ due: { conversationId: ConversationId; before: number }[]; next: number | null }>
  /** The heads of those that exist. */
  heads(ids: readonly ConversationId[]): Promise<Map<ConversationId, number>>

  /** Every conversation that a user is a member of: latest activity first. */
  memberships(userId: UserId): Promise<Membership[]>
  /** Those of the ids that the viewer may see (as a member, or a public channel), in the order of the ids. */
  conversations(query: { ids: readonly ConversationId[]; viewerId: UserId }): Promise<Conversation[]>
  conversationList(page: ListPage & { viewerId: UserId }): Promise<List<Conversation>>
  /** Public channels by name, those of many members first; `query` matches anywhere in name or topic. */
  channels(page: ListPage & { viewerId: UserId; query: string }): Promise<List<Conversation>>
  /** The longest-standing first. */
  members(page: ListPage & { conversationId: ConversationId }): Promise<List<Member>>

  users(ids: readonly UserId[]): Promise<User[]>
  me(userId: UserId): Promise<Omit<Me, 'email'> | undefined>
  /** The directory: who has the query at the beginning of a word of their name, or of their handle. */
  searchUsers(page: ListPage & { query: string }): Promise<List<User>>
  /** Everybody, by name, as `searchUsers` finds them. */
  accounts(page: AccountsPage): Promise<List<AccountRecord>>
  /** Those of the ids that are users, in their order. */
  accountsOf(ids: readonly UserId[]): Promise<AccountRecord[]>
  /** Who is suspended, or erased, since a time or later; the earliest first. */
  shutOut(page: ShutOutPage): Promise<ShutOut[]>
  /** Adds a user, with a free handle made from `handle`; the same id again changes nothing. */
  createUser(user: { id: UserId; name: string; handle: string; at: number }): Promise<void>
  /** Those of `others` who share a conversation with the user, where neither has blocked the other. */
  mutual(userId: UserId, others: readonly UserId[]): Promise<Set<UserId>>
  /** Those of `others` who share a conversation with the user. */
  sharing(userId: UserId, others: readonly UserId[]): Promise<Set<UserId>>

  /** Whether deleted conversations still hold something that is to be erased. */
  isErasing(): Promise<boolean>

  /** What is kept of users' presence; none for who was never here. */
  presences(ids: readonly UserId[]): Promise<KeptPresence[]>

  /** `meRev` is the rev of the last change to the user's own profile and settings. */
  revs(userId: UserId): Promise<{ userRev: number; meRev: number }>
  /** The `userRev` of those that are users. */
  userRevs(ids: readonly UserId[]): Promise<Map<UserId, number>>
  /**
   * What is the user's own and has changed after a rev, in order of the revs; of a thing that changed more
   * than once, the last. Who left something more than a day ago may not be told so.
   */
  userChanges(userId: UserId, after: number): Promise<{ userRev: number; changes: UserChange[] }>
  /** What changed at or after a time, beside the logs; the earliest where it is too much. */
  changedSince(userId: UserId, since: number): Promise<ChangesSince>
}

/** Cursors in one's own conversations, and people one shares one with. */
export interface ChangesSince {
  receipts: Receipt[]
  users: User[]
  /** Where they were cut: more may have changed from then on. Null if these are all. */
  until: number | null
}

/** A conversation of a user's: its head, and the user's rev at which it last changed for them. */
export interface Membership {
  conversationId: ConversationId
  head: number
  userRev: number
}

export interface AccountsPage extends ListPage {
  query: string
  role?: ServerRole | undefined
  suspended?: boolean | undefined
}

/** A user as administrators see them, as far as the store knows. */
export interface AccountRecord {
  user: User
  serverRole: ServerRole
  suspension: SuspensionRecord | null
}

export interface SuspensionRecord {
  at: number
  by: UserId
  reason: string
}

export interface ShutOut {
  userId: UserId
  at: number
}

export interface ShutOutPage {
  how: 'suspended' | 'erased'
  /** Those at this time or later; with a user, those that follow them. */
  from: { at: number; userId?: UserId }
  limit: number
}

export interface ListPage {
  cursor?: string | undefined
  limit: number
}
/**
 * `next` is the cursor of the page that follows, or null. A cursor that isn't ours is a Refusal `invalid`.
 */
export interface List<Item> {
  items: Item[]
  next: string | null
}

/**
 * How far a conversation had come. Heads of another lineage are of other events: a database that was put
 * back, or one that took the place of another, goes its own way from there.
 */
export interface Reached {
  head: number
  lineage: string
}

export interface Standing extends Reached {
  kind: Kind
  visibility: Visibility
  memberCount: number
  /** A direct conversation of which one has blocked the other. */
  shut: boolean
  permissions: ConversationPermissions
  /** Undefined for who is no member. */
  role: Role | undefined
}

/** 16 bytes that stand for ever for (conversation, sender, clientId). */
export interface SendKey {
  conversationId: ConversationId
  sendKey: Uint8Array
}
