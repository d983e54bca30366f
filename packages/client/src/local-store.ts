import type { UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import type { Me, User } from '@confab/protocol/user'
import type { LocalConversation } from './local-conversation.ts'

/**
 * The latest messages of a conversation that are loaded with it: enough to open it. Those before are read
 * when they are wanted, a page in some milliseconds.
 * A start with 1,000 conversations takes half as long as with 50.
 */
export const loadedMessagesMax = 25
/** Messages kept of one conversation: the oldest make room. */
export const keptMessagesMax = 10_000

/** Whose copy it is, and what a sync is asked from there. */
export interface CopyState {
  readonly userId: UserId
  readonly epoch: string
  readonly userRev: number
  readonly since: string
  readonly me: Me | undefined
}

/**
 * A conversation as it is kept: what the fold needs to go on, with its latest messages. Plain data, of which
 * `roles` alone is a `Map`, which JSON can't tell.
 */
export type KeptConversation = Omit<LocalConversation, 'recent' | 'ahead' | 'early' | 'headSeen'>

export interface StoredCopy {
  readonly state: CopyState
  readonly conversations: readonly KeptConversation[]
  readonly users: readonly User[]
  /** Another with each save, whoever made it. */
  readonly saves: number
}

/**
 * Events and cursors from beyond a gap, and what pages from the past are folded with,
 * are had again from the server.
 */
export function keptOf({ recent, ahead, early, headSeen, ...rest }: LocalConversation): KeptConversation {
  const messages = rest.messages.slice(-loadedMessagesMax)
  return { ...rest, messages, hasEarlier: rest.hasEarlier || messages.length < rest.messages.length }
}

export function localOf(kept: KeptConversation): LocalConversation {
  const { conversation, snapshot, count } = kept
  const headSeen = Math.max(conversation.head, snapshot?.conversation.head ?? 0, count?.head ?? 0)
  return { ...kept, recent: [], ahead: new Map(), early: new Map(), headSeen }
}

/** What became of a conversation since it was saved last. */
export interface ConversationWrite {
  readonly kept: KeptConversation
  /** The messages that are kept of it are of no use any more. */
  readonly anew: boolean
  /** New messages, and those that are other now. */
  readonly messages: readonly Message[]
  /** What happened to messages that this page doesn't hold, in order: done to those that are kept. */
  readonly changes: readonly { readonly seq: number; change(message: Message): Message }[]
}

export interface CopyWrite {
  /** This takes the place of everything that is kept, whoever wrote it, and this store writes from now on. */
  readonly whole: boolean
  readonly state: CopyState
  readonly conversations: readonly ConversationWrite[]
  readonly dropped: readonly string[]
  readonly users: readonly User[]
}

/** Messages as they were when the log ended at `head`. */
export interface KeptPage {
  readonly messages: readonly Message[]
  readonly head: number
}

/**
 * Keeps one person's copy of their conversations, so that it outlives the page. Content and cursors are
 * saved together or not at all: what a lost save held is told again by the next sync. Several stores may
 * share one place (the tabs of a browser), of which one writes: whichever claimed it last.
 */
export interface LocalStore {
  /** What was saved last. `claim`: this store writes from now on. */
  load(options: { claim: boolean }): Promise<StoredCopy | undefined>
  /** False: another store has claimed the place, and nothing was written. */
  save(write: CopyWrite): Promise<boolean>
  /** At most `limit` messages that come right before `before`, ascending and without a hole among them. */
  earlier(page: { conversationId: string; before: Message; limit: number }): Promise<KeptPage>
  /** Forgets everything, whoever wrote it. */
  clear(): Promise<void>
  close(): void
}

/** The end of an ascending list that has no hole up to `before`. */
export function unbrokenBefore(messages: readonly Message[], before: Message): Message[] {
  let { ordinal } = before
  const end = messages.findLastIndex((message) => message.ordinal !== --ordinal)
  return messages.slice(end + 1)
}
