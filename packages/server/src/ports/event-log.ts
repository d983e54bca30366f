import type { EventType } from '@confab/protocol/event'
import type { ConversationId, UserId } from '@confab/protocol/ids'

/**
 * Every event of every conversation, replayable, with places that last.
 *
 * - Order holds within a conversation, by `seq` and without gaps; across conversations there is none.
 * - At least once: whoever dies between handling and noting it is given the same again. `seq` tells a repeat.
 * - In another epoch `seq` means another event: a group is given all of that history from its first event on,
 *   and drops what it made of the earlier one.
 * - A group is a name under which is kept how far its followers have come, across restarts and nodes. Of its
 *   followers each conversation is one's at a time. A new group begins with the first event that is kept.
 *
 * It tells that something was stored and where, never what was said: that is the store's to answer, as it
 * stands then. So what was edited, deleted or erased is nowhere in a log, whoever keeps it for however long.
 */
export interface EventLog extends AsyncDisposable {
  /** Whether it can be read from and written to; until it is tried, it counts as there. */
  readonly isUp: boolean
  /**
   * Hands over what comes, in batches. What a handler rejects is given again after a pause,
   * and nothing before it.
   */
  follow(group: string, handle: (events: readonly LoggedEvent[]) => Promise<void>): AsyncDisposable
  /** Everything from a point on, up to what was the end when it was asked. */
  read(from: ReplayPoint): AsyncIterable<readonly LoggedEvent[]>
  /**
   * Lets a group begin again from a point on.
   * Throws FollowedNow where that can't be done while somebody follows.
   */
  rewind(group: string, from: ReplayPoint): Promise<void>
  /** How many events the group has not handled yet. */
  lag(group: string): Promise<number>
}

/** The log that a store itself is. */
export interface StoreLog extends EventLog {
  /** What was committed longer ago than that a group has handled: little while somebody follows and keeps up. */
  doneAgoMs(group: string): Promise<number>
}

/** Hears of what is written from now on, to no group's account. */
export interface LogTail extends AsyncDisposable {
  /**
   * Names the present reading, in which everything is heard of that is written after it has begun. Undefined
   * while there is none; another one may have missed what came between.
   */
  readonly reading: number | undefined
}

export type OpenLogTail = (hear: (events: readonly LoggedEvent[]) => void) => LogTail

export interface LoggedEvent {
  /** In which history; '' where it was written before that was noted. */
  epoch: string
  conversationId: ConversationId
  seq: number
  type: EventType
  actorId: UserId
  /** Milliseconds since 1970 UTC. */
  at: number
}

/** The first event that is kept, or the first at or after a time, in each conversation. */
export type ReplayPoint = 'start' | { since: number }

/** A group that can't begin again under the hands of those who follow it. */
export class FollowedNow extends Error {
  override readonly name = 'FollowedNow'
  /** EX_TEMPFAIL of sysexits.h. */
  readonly exitStatus = 75
}
