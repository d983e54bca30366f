import type {
  ConversationPermissions,
  Kind,
  MyMembership,
  Role,
  Visibility,
} from '@confab/protocol/conversation'
import type { Event } from '@confab/protocol/event'
import type { ConversationId, MessageId, UserId } from '@confab/protocol/ids'
import type { Mentioned } from '@confab/protocol/mentioned'
import type { Message } from '@confab/protocol/message'
import type { Receipt } from '@confab/protocol/pushes'
import type { RefusalCode } from '@confab/protocol/refusal'
import type { SettingsChange } from '@confab/protocol/settings'
import type { ServerRole } from '@confab/protocol/user'
import type { Noted } from './audit-entry.ts'

/** One thing to commit. Each is all or nothing. */
export type Write =
  | CreateConversation
  | CreateMessage
  | EditMessage
  | DeleteMessage
  | ExpireMessages
  | React
  | Pin
  | AddMember
  | RemoveMember
  | ChangeRole
  | ChangeConversation
  | DeleteConversation
  | MoveCursor
  | ChangeMembership
  | ChangeProfile
  | ChangeBlock
  | ChangeServerRole
  | ChangeSuspension
  | EraseUser
  | ContinueErasure
  | KeepPresences

interface InConversation {
  conversationId: ConversationId
  actorId: UserId
  at: number
}

/**
 * What of it only the store can tell is in the audit log with it, by its actor, or neither is: who has another
 * role or lost it, and what they were before; which of a conversation's rules really change; that a message was
 * another's.
 */
interface NotedByStore {
  /** From where it is done: a network, not an address. */
  network?: string | null | undefined
}

/**
 * Appends `member.joined` for the creator, as owner, then for each of `memberIds`. A direct conversation
 * that the pair already has is answered instead, and so is what the creator made under the same `createKey`.
 * Refuses `not_found` where a member isn't a user, `forbidden` where one has blocked the creator (or, of a
 * new direct conversation, the creator them).
 */
export interface CreateConversation {
  write: 'conversation.create'
  conversationId: ConversationId
  actorId: UserId
  at: number
  kind: Kind
  name: string | null
  topic: string | null
  visibility: Visibility
  memberIds: readonly UserId[]
  /** 16 bytes for (creator, clientId), if the creator gave one. */
  createKey?: Uint8Array | undefined
}

/**
 * Appends `message.created` and moves the sender's read cursor: to the message, or only to `seenSeq`
 * where that is given and others' messages lie between. A repeat of `sendKey` appends nothing and
 * answers with the first message as it is now, or refuses `client_id_reused` if `contentKey` differs.
 * Refuses `not_found` for a sender who is no member, `invalid` for a reply to what is no message.
 */
export interface CreateMessage extends InConversation {
  write: 'message.create'
  messageId: MessageId
  clientId: string
  sendKey: Uint8Array
  /** 16 bytes of a keyed hash of the content as first sent. */
  contentKey: Uint8Array
  text: string
  mentioned?: Mentioned
  /** Who wrote what is forwarded, and when. */
  forwardedFrom?: { senderId: UserId; createdAt: number }
  replyToSeq: number | null
  priority: 'high' | null
  seenSeq?: number | undefined
}

/**
 * Appends `message.edited`; nothing if the text is the same. Refuses `not_found` where there is no message,
 * `forbidden` for another's, `conflict` for a deleted or a forwarded one.
 */
export interface EditMessage extends InConversation {
  write: 'message.edit'
  seq: number
  text: string
  mentioned?: Mentioned
}

/**
 * Appends `message.deleted` and erases text, mentions, reactions, reply and forward from every table;
 * nothing for one that is deleted. Refuses `forbidden` for another's, except to admins. `asAdministrator`
 * deletes anybody's anywhere, without being a member, and is `forbidden` to who doesn't run the installation.
 */
export interface DeleteMessage extends InConversation, Noted, NotedByStore {
  write: 'message.delete'
  seq: number
  asAdministrator?: true
}

/**
 * Deletes at most `limit` of the oldest messages from before a time, each with its `message.deleted` by
 * `systemUserId`. Not `fresh` where none is left. It has no actor and asks nobody.
 */
export interface ExpireMessages {
  write: 'messages.expire'
  conversationId: ConversationId
  at: number
  before: number
  limit: number
}

/**
 * Appends `reaction.added` or `reaction.removed`; nothing where it is so already. Refuses `conflict` for a
 * deleted message, and for a new kind of emoji beyond `limits.reactionKinds`.
 */
export interface React extends InConversation {
  write: 'message.react'
  seq: number
  emoji: string
  on: boolean
}

/** Appends `message.pinned` or `message.unpinned`; nothing where it is so already. `conflict` if deleted. */
export interface Pin extends InConversation {
  write: 'message.pin'
  seq: number
  on: boolean
}

/**
 * Appends `member.joined`. Nothing for who is a member already. Whoever adds themselves joins a channel, or,
 * `invited` by a link, any group or channel.
 * Refuses `forbidden` where the person has blocked the actor, and to who would join as more than a member.
 */
export interface AddMember extends InConversation, NotedByStore {
  write: 'member.add'
  userId: UserId
  role: Role
  invited?: true
}

/**
 * Appends `member.left`, after it `member.changed` for a new owner if the owner left (the longest-standing
 * admin, else member); the last to leave deletes the conversation. Whoever removes themselves leaves.
 */
export interface RemoveMember extends InConversation, NotedByStore {
  write: 'member.remove'
  userId: UserId
}

/** Appends `member.changed`. An owner hands over the role by giving it: the giver becomes an admin. */
export interface ChangeRole extends InConversation, NotedByStore {
  write: 'member.change'
  userId: UserId
  role: Role
}

/** Appends `conversation.changed` with the fields that really change; nothing if none does. */
export interface ChangeConversation extends InConversation, NotedByStore {
  write: 'conversation.change'
  change: {
    name?: string
    topic?: string | null
    visibility?: Visibility
    permissions?: Partial<ConversationPermissions>
    retentionDays?: number | null
  }
}

/**
 * Takes the conversation from all its members at once: nobody finds it any more. What it held, and whom it
 * has still to be told to, may be too much for one transaction: `rest` goes on with it.
 */
export interface DeleteConversation extends InConversation, Noted {
  write: 'conversation.delete'
}

/** Moves a cursor forward, clamped to the head; a step back changes nothing. */
export interface MoveCursor extends InConversation {
  write: 'cursor.move'
  cursor: 'read' | 'delivered'
  seq: number
}

/** What one member sets for themselves alone. */
export interface ChangeMembership extends InConversation {
  write: 'membership.change'
  change: {
    muted?: boolean
    pinned?: boolean
    notify?: MyMembership['notify']
    hidden?: boolean
    markedUnread?: boolean
    draft?: string | null
  }
}

/** Refuses `conflict` where the handle is taken. */
export interface ChangeProfile {
  write: 'profile.change'
  actorId: UserId
  at: number
  change: {
    name?: string
    handle?: string
    bio?: string
    locale?: string | null
    timezone?: string | null
    /** These are set, or taken away by null; the others stay. */
    settings?: SettingsChange
  }
}

/**
 * Blocks a user, or no longer. While either of a pair has blocked the other, their direct conversation is
 * shut: nothing new is sent, edited, reacted or pinned there. Refuses `not_found` for who is no user.
 */
export interface ChangeBlock {
  write: 'block.change'
  actorId: UserId
  at: number
  userId: UserId
  on: boolean
}

/**
 * Gives a user the role that they have to the whole installation. Refuses `forbidden` to who is no
 * administrator, `not_found` for who is no user, `conflict` where no administrator would be left.
 */
export interface ChangeServerRole extends Noted {
  write: 'server-role.change'
  actorId: UserId
  at: number
  userId: UserId
  role: ServerRole
}

/**
 * Suspends an account, or with null as `reason` reinstates it. A suspended user's writes are refused
 * `forbidden` from then on. Refuses as `server-role.change` does, and `conflict` for oneself.
 */
export interface ChangeSuspension extends Noted {
  write: 'suspension.change'
  actorId: UserId
  at: number
  userId: UserId
  reason: string | null
}

/**
 * Leaves every group and channel, and takes name, handle and profile from the person; messages stay.
 * Nothing the second time.
 */
export interface EraseUser extends Noted, NotedByStore {
  write: 'user.erase'
  actorId: UserId
  at: number
}

/** Erases more of what deleted conversations held. Without `rest` in its outcome nothing is left. */
export interface ContinueErasure {
  write: 'erasure.continue'
  at: number
}

/** So many rows are erased in one step: some 4 ms. */
export const erasedRowsAtOnce = 500

/** What of a user's presence outlasts their connections, and a restart. */
export interface KeptPresence {
  userId: UserId
  lastSeenAt: number | null
  chosen: 'busy' | 'invisible' | null
}

/** Keeps what it says of each user, `lastSeenAt` only forward; who is no user, or erased, is passed over. */
export interface KeepPresences {
  write: 'presences.keep'
  presences: readonly ({ userId: UserId } & Partial<KeptPresence>)[]
}

export type Outcome = Committed | { status: 'refused'; code: RefusalCode; detail?: string }

/** What a write did, for those who must be told. Empty lists for a repeat and for what changed nothing. */
export interface Committed {
  status: 'committed'
  /** False where an earlier write had already done it. */
  fresh: boolean
  events: readonly Event[]
  /** Cursors that moved; told to the others where `told` (no more members than `limits.receiptMembers`). */
  receipts: readonly { receipt: Receipt; told: boolean }[]
  userChanges: readonly UserChange[]
  /** What is too much for one transaction: to be committed next. Durable, so that any later one would do. */
  rest?: ContinueErasure
  /** Who has another role in a conversation from now on, or none: not who joined or left as a member, or made it. */
  roles?: readonly GivenRole[]
  /** Of `message.delete` by an owner or admin: the message was another's. */
  removed?: { conversationId: ConversationId; seq: number }
  /** Of `user.erase`: who administers from now on, where the last administrator went. */
  heirId?: UserId
  /** Of `message.create`: the message, as the sender sees it. */
  message?: Message
  /** Of `conversation.create`: the conversation's id, perhaps an earlier one's. */
  conversationId?: ConversationId
}

export interface GivenRole {
  conversationId: ConversationId
  userId: UserId
  /** What they were before; null for who was no member. */
  from: Role | null
  /** Null for who is none any more. */
  to: Role | null
}

/** A change of what is a user's own, in the order of `userRev`. */
export type UserChange =
  | { change: 'conversation'; userId: UserId; userRev: number; conversationId: ConversationId }
  | { change: 'removed'; userId: UserId; userRev: number; conversationId: ConversationId }
  /** One's own profile or settings; the profile is also told to those who share a conversation. */
  | { change: 'me'; userId: UserId; userRev: number; profile: boolean }
