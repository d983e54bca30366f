/**
 * What one client did and was told, in order, a line of JSON each. All that the checker knows.
 *
 * `t` is in milliseconds of one clock that all clients share and no fault touches, so times of different
 * histories compare. `asked` is when the call began whose answer this was: what was acknowledged to
 * anybody before it must show in the answer. Contents are hashes; an empty one means that there is none.
 */
export interface History {
  client: string
  user: string
  records: HistoryRecord[]
}

export type HistoryRecord =
  | Opened
  | Closed
  | SendTried
  | SendAnswered
  | ActTried
  | ActAnswered
  | Refused
  | Synced
  | SeenEvent
  | SeenMessage
  | SeenCursor
  | ToldConversation
  | ToldRemoved
  | FinalLog
  | StillOpen
  | Wrote
  | Stored
  | Unsent
  | Shown
  | Shows

interface At {
  t: number
}

/** A connection's `hello`. Connections are named by the client; none comes twice. */
export interface Opened extends At {
  kind: 'opened'
  connection: string
  epoch: string
}

/** 1006 for a connection that was lost without a word, or given up as dead. */
export interface Closed extends At {
  kind: 'closed'
  connection: string
  code: number
}

/** Each try of a send; no connection means REST. */
export interface SendTried extends At {
  kind: 'send'
  connection?: string
  conversation: string
  clientId: string
  content: string
}

export interface SendAnswered extends At {
  kind: 'sent'
  asked: number
  connection?: string
  conversation: string
  clientId: string
  seq: number
  content: string
}

export type Action = 'edit' | 'delete' | 'react' | 'unreact' | 'add' | 'remove' | 'join' | 'leave' | 'read'

/**
 * `act` numbers a client's acts. `target` is a message's seq, of `read` the cursor;
 * `user` who is added or removed.
 */
export interface ActTried extends At {
  kind: 'act'
  act: number
  action: Action
  conversation: string
  target?: number
  user?: string
  content?: string
}

/** `seq` is the event that the act made, if the answer names one. */
export interface ActAnswered extends At {
  kind: 'acted'
  act: number
  seq: number | null
}

export interface Refused extends At {
  kind: 'refused'
  what: string
  code: string
}

/**
 * The one `sync` of a connection: the cursors given, and the heads of the conversations in the reply and in
 * `more`. Its events follow as records.
 */
export interface Synced extends At {
  kind: 'synced'
  asked: number
  connection: string
  cursors: Record<string, number>
  heads: Record<string, number>
  more: Record<string, number>
  reset: string[]
  removed: string[]
}

/**
 * An event as it was pushed, or as it came in a sync, a page or the final fetch. A page that fills what a
 * sync left out names its connection; one that was read for its own sake doesn't.
 *
 * `fixed` hashes what no edit and no deletion may change: all but the message's content.
 */
export interface SeenEvent extends At {
  kind: 'event'
  via: 'push' | 'sync' | 'page' | 'final'
  connection?: string
  /** None for a push. */
  asked?: number
  conversation: string
  seq: number
  type: string
  at: string
  actor: string
  fixed: string
  content?: string
  clientId?: string
  target?: number
  user?: string
}

/** A message out of a page of history or a snapshot. */
export interface SeenMessage extends At {
  kind: 'message'
  asked: number
  conversation: string
  seq: number
  content: string
}

/** A read cursor as it was told, one's own or another's; `asked` is missing for a push. */
export interface SeenCursor extends At {
  kind: 'cursor'
  connection?: string
  asked?: number
  conversation: string
  user: string
  read: number
}

/** The push by which one hears of a conversation: a snapshot, of this head. */
export interface ToldConversation extends At {
  kind: 'conversation'
  connection: string
  conversation: string
  head: number
}

/** The push by which one hears that a conversation is no longer one's own. */
export interface ToldRemoved extends At {
  kind: 'removed'
  connection: string
  conversation: string
}

/** A fresh fetch of the whole log, when all was over. Its events follow as records `via: 'final'`. */
export interface FinalLog extends At {
  kind: 'final'
  asked: number
  conversation: string
  head: number
}

/** A connection that was still open when all was over, and had been given time to receive what there was. */
export interface StillOpen extends At {
  kind: 'still-open'
  connection: string
}

/**
 * What follows is of an application that has the SDK, and not of the wire. A life is a device from where it
 * had no copy; the connections of it are named by it, a full stop and a number.
 */
interface OfLife extends At {
  life: string
  conversation: string
}

/** Somebody wrote a message. */
export interface Wrote extends OfLife {
  kind: 'wrote'
  clientId: string
  content: string
}

/** They were told that it is stored. */
export interface Stored extends OfLife {
  kind: 'stored'
  clientId: string
  seq: number
}

/** They were told that it never will be. */
export interface Unsent extends OfLife {
  kind: 'unsent'
  clientId: string
  code: string
}

/** An event was shown. */
export interface Shown extends OfLife {
  kind: 'shown'
  seq: number
  type: string
}

/** What was on the screen when all was over: up to which seq, and the messages by seq with their contents. */
export interface Shows extends OfLife {
  kind: 'shows'
  head: number
  messages: [number, string][]
}
