import type { UserId } from '@confab/protocol/ids'
import type { Clock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import type { PresenceBoard, Seen } from '../../ports/presence.ts'
import type { KeepPresences, KeptPresence, Store } from '../../ports/store.ts'
import type { CommitQueue } from '../delivery/commit-queue.ts'

/** Who is here is noted so often as seen: as much as a crash may take from `lastSeenAt`. */
const noteEveryMs = 60_000
/** What changed is written so many users at a time, so often: 48,000 a minute, and each time 2 ms at most. */
const keptAtOnce = 200
const keepEveryMs = 250
/** Of so many users what is kept is known without asking the store: 100 bytes each. */
const knownMax = 50_000

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
 * the store, when who isn't was last seen. Closing it notes everybody who is still here, and leaves the
 * board that it was given open.
 */
export function openKeptPresence({
  board,
  store,
  commits,
  clock,
  report,
}: KeptPresenceOptions): PresenceBoard {
  /** What the store says, or is about to be told; the longest unused is forgotten first. */
  const known = new Map<UserId, Kept>()
  /** Still to be written. */
  const changed = new Map<UserId, Partial<Kept>>()
  const here = new Set<UserId>()
  let writing = Promise.resolve()
  let cancelWrite: (() => void) | undefined

  async function find(ids: readonly UserId[]): Promise<void> {
    const unknown = ids.filter((id) => !known.has(id))
    if (unknown.length === 0) return
    const found = new Map((await store.presences(unknown)).map((kept) => [kept.userId, kept]))
    for (const id of unknown) {
      const { lastSeenAt = null, chosen = null } = found.get(id) ?? {}
      if (!known.has(id)) know(id, { lastSeenAt, chosen, ...changed.get(id) })
    }
  }

  function know(userId: UserId, kept: Kept) {
    known.delete(userId)
    known.set(userId, kept)
    const [oldest] = known.keys()
    if (known.size > knownMax && oldest !== undefined) known.delete(oldest)
  }

  function note(userId: UserId, change: Partial<Kept>) {
    const before = known.get(userId)
    if (before) know(userId, { ...before, ...change })
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
    for (const [userId, change] of changed) {
      if (presences.length === keptAtOnce) break
      presences.push({ userId, ...change })
      changed.delete(userId)
    }
    try {
      await commits.commit({ write: 'presences.keep', presences })
    } catch (cause) {
      for (const { userId, ...change } of presences)
        changed.set(userId, { ...change, ...changed.get(userId) })
      throw cause
    }
  }

  /** Written before it is answered: nobody is seen after a crash who was told to be invisible. */
  async function keepChosen(userId: UserId, chosen: Kept['chosen'], before: Kept | undefined) {
    // Known at once, so that a choice made meanwhile is compared with this one.
    know(userId, { lastSeenAt: null, ...before, chosen })
    try {
      await commits.commit({ write: 'presences.keep', presences: [{ userId, chosen }] })
    } catch (cause) {
      known.delete(userId)
      throw cause
    }
  }

  function hear({ userId, status, lastSeenAt }: Seen) {
    if (status !== 'offline') return here.add(userId)
    here.delete(userId)
    if (lastSeenAt !== null) note(userId, { lastSeenAt })
  }

  function noteAll() {
    const lastSeenAt = clock.now()
    for (const userId of here) note(userId, { lastSeenAt })
  }

  function noteAgain() {
    noteAll()
    cancelNote = clock.after(noteEveryMs, noteAgain)
  }

  const stopHearing = board.onChange(hear)
  let cancelNote = clock.after(noteEveryMs, noteAgain)

  return {
    async connect(userId, connectionId) {
      await find([userId])
      // Before they are here, so that nobody sees online for a moment who is invisible.
      const chosen = known.get(userId)?.chosen
      if (chosen) await board.choose(userId, connectionId, chosen)
      await board.connect(userId, connectionId)
    },
    disconnect: (userId, connectionId) => board.disconnect(userId, connectionId),
    async choose(userId, connectionId, status) {
      await find([userId])
      const chosen = status === 'busy' || status === 'invisible' ? status : null
      const before = known.get(userId)
      if (before?.chosen !== chosen) await keepChosen(userId, chosen, before)
      await board.choose(userId, connectionId, status)
    },
    async look(userIds) {
      const seen = await board.look(userIds)
      const gone = seen.filter(({ status, lastSeenAt }) => status === 'offline' && lastSeenAt === null)
      await find(gone.map(({ userId }) => userId))
      return seen.map((one) =>
        one.status === 'offline' && one.lastSeenAt === null
          ? { ...one, lastSeenAt: known.get(one.userId)?.lastSeenAt ?? null }
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
