import type { Conversation, Member } from '@confab/protocol/conversation'
import type { Event } from '@confab/protocol/event'
import type { UserId } from '@confab/protocol/ids'
import type { Limits } from '@confab/protocol/limits'
import type { Message, ReadBy } from '@confab/protocol/message'
import type { ChosenStatus, Presence } from '@confab/protocol/presence'
import type { PushParams } from '@confab/protocol/pushes'
import type { NewReport } from '@confab/protocol/report'
import type { ConversationChange, MembershipChange, ProfileChange } from '@confab/protocol/requests'
import type { Me, User } from '@confab/protocol/user'
import type { Delivery } from './delivery.ts'
import type { Page } from './list.ts'
import type { Status } from './status.ts'
import type { Timeline, TimelineWindow } from './timeline.ts'
import type { Value } from './value.ts'

/**
 * One person's chat: a connection that mends itself, a local copy of their conversations that is kept
 * equal to the server's, and an outbox. Everything to be shown is a `Value`; what asks the server
 * answers a promise that rejects with a `Refusal` (the server said no) or a `ConnectionLost`.
 */
export interface Chat extends AsyncDisposable {
  readonly status: Value<Status>
  /** True from the first time that the server has told everything. */
  readonly ready: Value<boolean>
  /** The signed-in person; undefined until known. */
  readonly me: Value<Me | undefined>
  /** The server's limits: how long a text may be, how large an upload. The defaults until it has said. */
  readonly limits: Value<Limits>
  /** All conversations of the user, hidden ones too, latest activity first. */
  readonly conversations: Value<readonly ConversationSummary[]>

  /** The same handle for the same id. It asks for nothing until it is opened or used. */
  conversation(id: string): ConversationHandle
  /** A person, fetched when unknown (in batches); undefined until known. */
  user(id: string): Value<User | undefined>
  /** A person's presence, watched while anything listens; `offline` until known. */
  presence(id: string): Value<Presence>

  /**
   * The server's time now, milliseconds since 1970: for "2 minutes ago" and "today" beside the times that it
   * gives. The device's own clock may be hours off.
   */
  serverNow(): number

  /** People by name or handle. */
  searchUsers(query: string): Promise<User[]>
  /** Public channels by name. Those of which one is no member can be joined. */
  channels(query: string): Promise<Conversation[]>
  /** A direct conversation that exists already is answered as it is. */
  createConversation(input: ConversationInput): Promise<Conversation>
  /** Joins a public channel. */
  join(id: string): Promise<Conversation>
  updateProfile(change: ProfileChange): Promise<Me>
  /**
   * Out of reach of the server, or where that refuses for now, it is told later, and `away` again on each new
   * connection.
   */
  setStatus(status: ChosenStatus): Promise<void>
  /**
   * Whether nobody uses this device just now: then it counts as away, and one shows as away where no other is
   * used. No choice of a status: busy and invisible stay, those chosen on another device too.
   */
  setIdle(idle: boolean): void
  /** Ends the session on the server, forgets every local copy, the outbox and the drafts, and closes. */
  signOut(): Promise<void>

  /**
   * Forgets every local copy and closes, for when the session has ended elsewhere. Unsent messages and drafts
   * stay, for when the same person signs in again.
   */
  forget(): Promise<void>

  /** Calls `listener` on each of a type until the returned function is called. */
  on<Type extends keyof ChatEvents>(type: Type, listener: (event: ChatEvents[Type]) => void): () => void
  /** Tries now: after signing in again, or out of a `waiting`. */
  reconnect(): void
  /** Closes for good. Unsent messages and drafts stay for the next `connect`. */
  close(): Promise<void>
}

export interface ChatEvents {
  /** Every event of every conversation, in order and once each, when it has been folded in. */
  event: Event
  /** Somebody else's new message, in order and once each. */
  message: { readonly message: Message; readonly conversation: ConversationHandle }
  /** What the operator or the server has to say. */
  notice: PushParams['notice']
  /**
   * All local copies were dropped, because the server's history is another one or another person signed in.
   */
  reset: { readonly epoch: string }
}

export interface ConversationSummary {
  readonly conversation: Conversation
  /** The other person of a direct conversation; undefined for groups, channels, and notes to oneself. */
  readonly other: User | undefined
  readonly lastMessage: Message | null
  readonly unread: number
  /** How many of the unread messages mention the user. */
  readonly mentions: number
  readonly typing: readonly UserId[]
}

export interface ConversationInput {
  kind: Conversation['kind']
  /** A group or a channel needs one. */
  name?: string
  topic?: string
  /** Only a channel can be public. */
  visibility?: Conversation['visibility']
  memberIds: readonly string[]
}

/** What a message says. A plain string is its text. */
export interface MessageContent {
  text: string
  /** The `seq` of the message of this conversation that it answers. */
  replyToSeq?: number
  priority?: 'high'
}

export interface Sending {
  /** The message's identity from now on, before the server knows of it and after. */
  readonly clientId: string
  /** Resolves when the server has stored the message; rejects with the `Refusal` or when discarded. */
  readonly sent: Promise<Message>
}

export interface ConversationHandle {
  readonly id: string
  /** Undefined while unknown, and when it is not (or no longer) the user's. */
  readonly info: Value<Conversation | undefined>
  /** The members shown (20 longest-standing), with their delivered and read cursors as they move. */
  readonly members: Value<readonly Member[]>
  readonly timeline: Value<Timeline>
  /** Who is typing, oneself left out. */
  readonly typing: Value<readonly UserId[]>

  /** Loads the latest page when it isn't held, and keeps what is loaded until released. */
  open(): () => void
  /**
   * One more page. Resolves when it is in the timeline or there is no more; doesn't reject: see `timeline`.
   */
  loadEarlier(): Promise<void>
  /**
   * A window on the part around a message, however old: to go there from a pin, a quote or a search.
   * Close it.
   */
  around(seq: number): TimelineWindow

  /** What was begun and not sent, here or on another device of the user: the last word wins. */
  readonly draft: Value<string>
  /** At once here, kept for a reload, told to the server when one pauses for a second. Sending clears it. */
  setDraft(text: string): void
  /** Shown at once, sent in order, resent under one identity until the server answers. */
  send(content: string | MessageContent): Sending
  /** Sends a failed message again, as the conversation's last. */
  retry(clientId: string): void
  /** Forgets a failed or waiting message. One that the server already has will still appear. */
  discard(clientId: string): void

  /**
   * What is done to a message shows at once, out of reach of the server too, and is told to it in order
   * until it answers. Resolves when the server has it; refused, it shows as before, and the promise
   * rejects with the `Refusal`. It rejects with `Dropped` when the copy is dropped or the chat closed first.
   */
  edit(seq: number, text: string): Promise<void>
  delete(seq: number): Promise<void>
  /** With any one emoji; one of a kind a user. */
  react(seq: number, emoji: string): Promise<void>
  unreact(seq: number, emoji: string): Promise<void>
  /** For everybody. */
  pin(seq: number): Promise<void>
  unpin(seq: number): Promise<void>
  /** Sends a copy of a message to another conversation, which is told who wrote it, but not where. */
  forward(seq: number, toConversationId: string): Sending

  /**
   * One message as it stands now, to show what a reply quotes: it follows edits and deletion. Fetched
   * where it isn't held; undefined until known, and where there is none.
   */
  message(seq: number): Value<Message | undefined>
  /** The pinned messages, the latest pinned first, a hundred at a time. */
  pins(): Promise<Page<Message>>
  /** Who reacted with an emoji, the first one first, a hundred at a time. */
  reactors(seq: number, emoji: string): Promise<Page<User>>
  /**
   * Who has read a message and since when, its sender among them; null in a large conversation, where nobody
   * is told. Where more members are than are shown, this tells what `deliveryOf` can't.
   */
  readBy(seq: number): Promise<ReadBy>
  /** How far a message has come, as of now: look again when `members` changes. */
  deliveryOf(message: Message): Delivery

  /** Marks as read up to `seq`, by default everything. Calls are coalesced. */
  read(seq?: number): void
  /** Say true at each keystroke: it is throttled, and stops by itself after 5 s. */
  setTyping(typing: boolean): void

  /** Tells the server's administrators of a message. Once told, it stays told until they have settled it. */
  report(seq: number, report: NewReport): Promise<void>

  leave(): Promise<void>
  addMembers(userIds: readonly string[]): Promise<void>
  removeMember(userId: string): Promise<void>
  /** Name, topic, visibility, permissions or how long messages stay, for everybody. */
  change(change: ConversationChange): Promise<Conversation>
  /** One's own settings of it: muted, pinned, notify, hidden, markedUnread, draft. */
  update(change: MembershipChange): Promise<void>
}
