import type { UserId } from '@confab/protocol/ids'
import type { Clock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import type { PresenceBoard, Seen } from '../../ports/presence.ts'
import type { Store } from '../../ports/store.ts'
import type { KeepPresences, KeptPresence } from '../../ports/writes.ts'
import type { CommitQueue } from '../delivery/commit-queue.ts'

/** Who is here is noted so often as seen: as much as a crash may take from `lastSeenAt`. */
const noteEveryMs = 60_000
/** What changed is written so many users at a time, so often: 48,000 a minute, and each time 2 ms at most. */
const keptAtOnce = 200
const keepEveryMs = 250
/** A choice that changed so often while its user was connecting is put as it was read last. */
const choiceReadsMax = 4

export interface KeptPresenceOptions {
  board: PresenceBoard
  store: Pick<Store, 'presences'>
  commits: Pick<CommitQueue, 'commit'>
  clock: Clock
  report: Report
}

type Kept = Omit<KeptPresence, 'userId'>

/**
 * A board whose users' `lastSeenAt`, and busy and invisible, outlast a restart. The board says who is here;
 * the store, when who isn't was last seen. It is asked each time, since other nodes write to it too. Closing
 * it notes everybody who is still here through it, and leaves the board that it was given open.
 */
export function openKeptPresence({
  board,
  store,
  commits,
  clock,
  report,
}: KeptPresenceOptions): PresenceBoard {
  /** Still to be written, or being written. */
  const changed = new Map<UserId, Partial<Kept>>()
  /** Who is connected through this node, and whether they are seen; each node notes its own. */
  const here = new Map<UserId, { connectionIds: Set<string>; isSeen: boolean }>()
  /** One after the other for each user, so that of two choices the later one holds. */
  const turns = new Map<UserId, Promise<void>>()
  let writing = Promise.resolve()
  let cancelWrite: (() => void) | undefined

  function note(userId: UserId, change: Partial<Kept>) {
    changed.set(userId, { ...changed.get(userId), ...change })
    cancelWrite ??= clock.after(keepEveryMs, writeSome)
  }

  function writeSome() {
    cancelWrite = undefined
    writing = write().catch((cause) => report('presence: when users were last seen was not kept', cause))
    void writing.then(() => {
      if (changed.size > 0) cancelWrite ??= clock.after(keepEveryMs, writeSome)
    })
  }

  async function write(): Promise<void> {
    const presences: KeepPresences['presences'][number][] = []
    const written = new Map<UserId, Partial<Kept>>()
    for (const [userId, change] of changed) {
      if (presences.length === keptAtOnce) break
      presences.push({ userId, ...change })
      written.set(userId, change)
    }
    await commits.commit({ write: 'presences.keep', presences })
    // What has changed meanwhile is still to be written.
    for (const [userId, change] of written) if (changed.get(userId) === change) changed.delete(userId)
  }

  function inTurn(userId: UserId, act: () => Promise<void>): Promise<void> {
    const turn = (turns.get(userId) ?? Promise.resolve()).then(act)
    const ended = turn.then(forget, forget)
    turns.set(userId, ended)
    function forget() {
      if (turns.get(userId) === ended) turns.delete(userId)
    }
    return turn
  }

  async function chosenBy(userId: UserId): Promise<Kept['chosen']> {
    const [kept] = await store.presences([userId])
    return kept?.chosen ?? null
  }

  /** Reads again what it has put: a newer choice, made on another node meanwhile, is else put back by it. */
  async function putChosen(userId: UserId, connectionId: string): Promise<Kept['chosen']> {
    let put: Kept['chosen'] = null
    for (let read = 1; read <= choiceReadsMax; read++) {
      const chosen = await chosenBy(userId)
      if (chosen === put) break
      await board.choose(userId, connectionId, chosen ?? 'online')
      put = chosen
    }
    return put
  }

  function hear({ userId, status, lastSeenAt }: Seen) {
    const self = here.get(userId)
    if (!self) return
    self.isSeen = status !== 'offline'
    if (lastSeenAt !== null) note(userId, { lastSeenAt })
  }

  function enter(userId: UserId, connectionId: string, { isSeen }: { isSeen: boolean }) {
    const self = here.get(userId)
    if (self) self.connectionIds.add(connectionId)
    else here.set(userId, { connectionIds: new Set([connectionId]), isSeen })
  }

  /** Noted here, not heard from the board: one that is down tells nothing. */
  function leave(userId: UserId, connectionId: string) {
    const self = here.get(userId)
    if (!self?.connectionIds.delete(connectionId) || self.connectionIds.size > 0) return
    here.delete(userId)
    if (self.isSeen) note(userId, { lastSeenAt: clock.now() })
  }

  /** Likewise not only heard. */
  function hideOrShow(userId: UserId, isSeen: boolean) {
    const self = here.get(userId)
    if (!self) return
    if (self.isSeen && !isSeen) note(userId, { lastSeenAt: clock.now() })
    self.isSeen = isSeen
  }

  function noteAll() {
    const lastSeenAt = clock.now()
    for (const [userId, { isSeen }] of here) if (isSeen) note(userId, { lastSeenAt })
  }

  function noteAgain() {
    noteAll()
    cancelNote = clock.after(noteEveryMs, noteAgain)
  }

  const stopHearing = board.onChange(hear)
  let cancelNote = clock.after(noteEveryMs, noteAgain)

  return {
    connect: (userId, connectionId) =>
      inTurn(userId, async () => {
        // Before they are here, so that nobody sees online for a moment who is invisible.
        const chosen = await putChosen(userId, connectionId)
        enter(userId, connectionId, { isSeen: chosen !== 'invisible' })
        await board.connect(userId, connectionId)
      }),
    disconnect: (userId, connectionId) =>
      inTurn(userId, () => {
        leave(userId, connectionId)
        return board.disconnect(userId, connectionId)
      }),
    choose: (userId, connectionId, status) =>
      inTurn(userId, async () => {
        const chosen = status === 'busy' || status === 'invisible' ? status : null
        // Written before it is answered: nobody is seen after a crash who was told to be invisible.
        if ((await chosenBy(userId)) !== chosen) {
          // With when they were last seen: a crash would else leave who hides as never here.
          const lastSeen = chosen === 'invisible' && here.get(userId)?.isSeen && { lastSeenAt: clock.now() }
          await commits.commit({
            write: 'presences.keep',
            presences: [{ userId, chosen, ...lastSeen }],
          })
        }
        hideOrShow(userId, chosen !== 'invisible')
        await board.choose(userId, connectionId, status)
      }),
    setConnection: (userId, connectionId, status) =>
      inTurn(userId, () => board.setConnection(userId, connectionId, status)),
    async look(userIds) {
      const seen = await board.look(userIds)
      const gone = seen.filter(({ status, lastSeenAt }) => status === 'offline' && lastSeenAt === null)
      if (gone.length === 0) return seen
      const kept = await store.presences(gone.map(({ userId }) => userId))
      const lastSeen = new Map(kept.map(({ userId, lastSeenAt }) => [userId, lastSeenAt]))
      return seen.map((one) =>
        one.status === 'offline' && one.lastSeenAt === null
          ? { ...one, lastSeenAt: changed.get(one.userId)?.lastSeenAt ?? lastSeen.get(one.userId) ?? null }
          : one,
      )
    },
    onChange: (listener) => board.onChange(listener),
    async [Symbol.asyncDispose]() {
      stopHearing()
      cancelNote()
      noteAll()
      cancelWrite?.()
      await writing
      try {
        while (changed.size > 0) await write()
      } catch (cause) {
        report('presence: when users were last seen was not kept', cause)
      }
    },
  }
}
