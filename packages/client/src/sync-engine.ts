import type { CallInput, CallResults, Method, SyncResult } from '@confab/protocol/calls'
import type { Conversation } from '@confab/protocol/conversation'
import type { Event } from '@confab/protocol/event'
import type { UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import type { Hello, PushParams, Receipt } from '@confab/protocol/pushes'
import type { Me, User } from '@confab/protocol/user'
import {
  beginAt,
  cursorOf,
  foldingsSince,
  isBehind,
  type LocalConversation,
  type Snapshot,
} from './local-conversation.ts'
import type { LocalCopies } from './local-copies.ts'
import type { CopyState } from './local-store.ts'
import { takeUser } from './message-window.ts'
import type { Log } from './options.ts'
import { checkEvent } from './parse-frame.ts'
import { takeAhead, takeEvent } from './take-event.ts'
import { adopt, takeSnapshot } from './take-snapshot.ts'
import { takeReceipt } from './unread.ts'
import { UserRev } from './user-rev.ts'

/** Events of conversations that are not known yet, kept until they are; more are fetched later. */
export const unclaimedEventsMax = 1_000
/** Conversations remembered as no longer the user's, so that a late answer doesn't bring them back. */
export const removedMax = 1_000
/** Syncs in a row, when pushes tell of yet more each time. Then the connection is tried anew. */
export const syncsMax = 5
/** Cursors told to a sync: keeps the frame under 1 MiB. What is left out comes as snapshots. */
export const cursorsMax = 12_000

export type Call = <M extends Method>(method: M, params: CallInput[M]) => Promise<CallResults[M]>

/** What follows from what was taken in, done by others. */
export interface SyncEffects {
  /** A conversation's copy is another now, or gone. */
  changed(conversationId: string): void
  /** An event has been folded in: each once, in order. */
  folded(event: Event): void
  /** A copy began anew: its messages came otherwise than by events, and there may be a hole before them. */
  began(conversationId: string, messages: readonly Message[]): void
  /** Events up to `headSeen` are missing. */
  repair(conversationId: string): void
  /** A new snapshot is needed. */
  refresh(conversationId: string): void
  /** The server doesn't know yet how far one has read. */
  tellRead(conversationId: string): void
  /** What is missing can't be had over this connection: make another. */
  outOfSync(): void
  me(me: Me): void
  users(users: readonly User[]): void
  /** Every copy was dropped. */
  reset(epoch: string): void
}

/**
 * Keeps the local copies equal to the server's: takes in what is pushed and what was asked for, in
 * whatever order it comes, and asks for what is missing. Nothing is shown that has a hole in it.
 */
export class SyncEngine {
  readonly #call: Call
  readonly #store: LocalCopies
  readonly #effects: SyncEffects
  readonly #log: Log
  readonly #rev = new UserRev()
  /** The last sync's `at`: receipts and users that changed after it are told by the next. */
  #since: string | undefined
  #epoch: string | undefined
  #viewer: UserId | undefined
  #syncing = false
  #connection = 0
  /** Connected: what is missing can be asked for. Otherwise the next sync does. */
  #live = false
  #unclaimed: Event[] = []
  #removed = new Map<string, number>()

  constructor(call: Call, store: LocalCopies, effects: SyncEffects, log: Log) {
    this.#call = call
    this.#store = store
    this.#effects = effects
    this.#log = log
  }

  get viewer(): UserId | undefined {
    return this.#viewer
  }

  /** What a snapshot asked for from now on is at least as new as. */
  get rev(): number {
    return this.#rev.current ?? 0
  }

  /** Goes on from what an earlier page has kept. To be called before anything else. */
  restore({ epoch, userId, userRev, since }: CopyState, copies: readonly LocalConversation[]): void {
    this.#epoch = epoch
    this.#viewer = userId
    this.#rev.current = userRev
    this.#since = since
    for (const local of copies) this.#store.put(local.conversation.id, local)
  }

  /** Whose copies these are, and what a sync is asked from; undefined until there was one. */
  get state(): Omit<CopyState, 'me'> | undefined {
    const userRev = this.#rev.current
    if (!this.#viewer || this.#epoch === undefined || this.#since === undefined || userRev === undefined)
      return undefined
    return { userId: this.#viewer, epoch: this.#epoch, userRev, since: this.#since }
  }

  /** Whether the copies are of the history and the person that a connection is greeted with. */
  isOf({ epoch, userId }: Pick<Hello, 'epoch' | 'userId'>): boolean {
    return this.#epoch === epoch && this.#viewer === userId
  }

  /** Catches up after a connection was made. Rejects when the sync can't be had. */
  async greet({ epoch, userId }: Hello): Promise<void> {
    const other = this.#epoch !== undefined && !this.isOf({ epoch, userId })
    this.#epoch = epoch
    this.#viewer = userId
    if (other) this.#reset(epoch)
    this.#live = true
    await this.sync()
  }

  async sync(): Promise<void> {
    if (this.#syncing) return
    this.#syncing = true
    const connection = this.#connection
    try {
      for (let tries = 0; !(await this.#syncOnce()); tries++)
        if (tries === syncsMax) throw new Error('sync: pushes stay ahead of it')
    } finally {
      if (connection === this.#connection) this.#syncing = false
    }
    for (const [id, local] of [...this.#store.entries()]) this.#askForMissing(id, local)
    for (const id of new Set(this.#unclaimed.map((event) => event.conversationId))) this.#effects.refresh(id)
  }

  /** The connection is gone: what a sync under way would have told is void. */
  down(): void {
    this.#live = false
    this.#syncing = false
    this.#connection++
    this.#unclaimed = []
  }

  async #syncOnce(): Promise<boolean> {
    const cursors: Record<string, number> = {}
    let told = 0
    for (const [id, local] of this.#store.entries()) if (told++ < cursorsMax) cursors[id] = cursorOf(local)
    const { current: userRev } = this.#rev
    const since = this.#since
    const result = await this.#call('sync', {
      cursors,
      ...(userRev !== undefined && { userRev }),
      ...(since !== undefined && { since }),
      movesOnNotice: true,
    })
    this.#takeSync(result)
    this.#since = result.at
    return this.#rev.synced(result.userRev)
  }

  #takeSync(result: SyncResult): void {
    const rev = result.userRev
    for (const id of result.removed) if ((this.#store.get(id)?.rev ?? 0) <= rev) this.#drop(id, rev)
    for (const id of result.reset) this.#beginAnew(id, result)
    this.#effects.users(result.users)
    if (result.me) this.#effects.me(result.me)
    for (const event of result.events) this.event(event)
    for (const conversation of result.conversations) this.conversation({ conversation, rev })
    for (const user of result.users) this.user(user)
    for (const receipt of result.receipts) this.receipt(receipt)
    const shown = new Set<string>(result.conversations.map(({ id }) => id))
    for (const { id, head } of result.more) this.#more(id, head, shown.has(id))
    for (const id of result.reset) if (!this.#store.get(id)) this.#effects.refresh(id)
  }

  /** Too far behind to be mended. What one has read, and the server doesn't know of yet, is still good. */
  #beginAnew(id: string, { conversations, more, userRev: rev }: SyncResult): void {
    const local = this.#store.get(id)
    const conversation = conversations.find((one) => one.id === id)
    const { head } = conversation ?? more.find((one) => one.id === id) ?? { head: 0 }
    // A copy that is ahead of the log is of another one.
    if (!local || !this.#viewer || cursorOf(local) > head) this.#forget(id)
    else if (conversation) this.#put(id, adopt(local, { conversation, rev }, this.#viewer))
  }

  /** Cut short where it was shown, else left out: then one's own part of it may have changed as well. */
  #more(id: string, head: number, shown: boolean): void {
    const local = this.#store.get(id)
    if (!local) this.#effects.refresh(id)
    else
      this.#put(id, {
        ...local,
        headSeen: Math.max(local.headSeen, head),
        doubtful: local.doubtful || !shown,
      })
  }

  /** An event in whatever order: a repeat is passed over, one from beyond a gap waits for what is missing. */
  event(wire: Event): void {
    const { event, fits } = checkEvent(wire)
    if (!fits) this.#log('warn', `event ${wire.type} doesn't fit its type`, wire)
    const local = this.#store.get(event.conversationId)
    if (local && this.#viewer) this.#put(event.conversationId, takeEvent(local, event, this.#viewer))
    else {
      if (this.#unclaimed.length < unclaimedEventsMax) this.#unclaimed.push(event)
      if (!this.#syncing) this.#effects.refresh(event.conversationId)
    }
  }

  conversation(snapshot: Snapshot): void {
    const { conversation, rev } = snapshot
    const { id } = conversation
    if (!this.#viewer || (this.#removed.get(id) ?? -1) > rev) return
    const local = this.#store.get(id)
    this.#effects.users(conversation.members.map(({ user }) => user))
    this.#put(
      id,
      local ? takeAhead(takeSnapshot(local, snapshot, this.#viewer), this.#viewer) : beginAt(snapshot),
    )
    if (!local) this.#claim(id)
  }

  /** Conversations that were asked for by id: those that the answer lacks are not the user's any more. */
  answered(ids: readonly string[], items: readonly Conversation[], rev: number): void {
    const mine = items.filter(({ me }) => me !== null)
    for (const conversation of mine) this.conversation({ conversation, rev })
    const found = new Set<string>(mine.map(({ id }) => id))
    for (const id of ids) if (!found.has(id) && (this.#store.get(id)?.rev ?? 0) <= rev) this.#drop(id, rev)
  }

  ownChange(push: PushParams['conversation']): void {
    const step = this.#rev.push(push.userRev, this.#syncing)
    if (step === 'known') return
    if ('removed' in push) {
      if ((this.#store.get(push.removed)?.rev ?? 0) <= push.userRev) this.#drop(push.removed, push.userRev)
    } else this.conversation({ conversation: push.conversation, rev: push.userRev })
    if (step === 'gap') this.#syncAgain()
  }

  me({ userRev, me }: PushParams['me']): void {
    const step = this.#rev.push(userRev, this.#syncing)
    if (step !== 'known') this.#effects.me(me)
    if (step === 'gap') this.#syncAgain()
  }

  receipt(receipt: Receipt): void {
    const local = this.#store.get(receipt.conversationId)
    if (local && this.#viewer) this.#put(receipt.conversationId, takeReceipt(local, receipt, this.#viewer))
  }

  user(user: User): void {
    for (const [id, local] of [...this.#store.entries()]) this.#put(id, takeUser(local, user))
  }

  /** A change made here: `change` gives the new copy. Nothing happens where there is no copy. */
  change(id: string, change: (local: LocalConversation, viewer: UserId) => LocalConversation): void {
    const local = this.#store.get(id)
    if (local && this.#viewer) this.#put(id, change(local, this.#viewer))
  }

  /** The server has said that the conversation isn't the user's. */
  gone(id: string): void {
    this.#drop(id, this.rev)
  }

  #syncAgain(): void {
    const connection = this.#connection
    this.sync().catch((error: unknown) => {
      this.#log('warn', 'a sync failed', error)
      // Lost with its connection, it says nothing of the next, which may be there already.
      if (connection !== this.#connection) return
      this.#effects.outOfSync()
    })
  }

  #put(id: string, next: LocalConversation): void {
    const before = this.#store.get(id)
    if (next === before) return
    this.#store.put(id, next)
    this.#effects.changed(id)
    const foldings = before && foldingsSince(next, cursorOf(before))
    if (foldings) for (const { event } of foldings) this.#effects.folded(event)
    else this.#effects.began(id, next.messages)
    if (this.#live && !this.#syncing) this.#askForMissing(id, next)
  }

  #askForMissing(id: string, local: LocalConversation): void {
    if (isBehind(local)) this.#effects.repair(id)
    const { me } = local.conversation
    if (me && me.readSeq > local.confirmedRead) this.#effects.tellRead(id)
    else if (local.doubtful) this.#effects.refresh(id)
  }

  #claim(id: string): void {
    const claimed = this.#unclaimed.filter((event) => event.conversationId === id)
    if (claimed.length === 0) return
    this.#unclaimed = this.#unclaimed.filter((event) => event.conversationId !== id)
    for (const event of claimed) this.event(event)
  }

  #drop(id: string, rev: number): void {
    this.#removed.delete(id)
    this.#removed.set(id, rev)
    for (const oldest of this.#removed.keys()) {
      if (this.#removed.size <= removedMax) break
      this.#removed.delete(oldest)
    }
    this.#unclaimed = this.#unclaimed.filter((event) => event.conversationId !== id)
    this.#forget(id)
  }

  #forget(id: string): void {
    if (!this.#store.get(id)) return
    this.#store.drop(id)
    this.#effects.changed(id)
  }

  #reset(epoch: string): void {
    const ids = [...this.#store.entries()].map(([id]) => id)
    this.#store.clear()
    this.#rev.reset()
    this.#since = undefined
    this.#unclaimed = []
    this.#removed.clear()
    for (const id of ids) this.#effects.changed(id)
    this.#effects.reset(epoch)
  }
}
