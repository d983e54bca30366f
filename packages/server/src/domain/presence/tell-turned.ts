import { encodePush } from '@confab/protocol/frames'
import type { UserId } from '@confab/protocol/ids'
import type { PresenceBoard } from '../../ports/presence.ts'
import type { Store } from '../../ports/store.ts'
import { addFrame, type Frames, pushAll } from './frames.ts'
import { hidden, shown } from './shown.ts'
import type { Pair, Watching } from './watching.ts'

/** Of whom one question to the store may be, and one look at the board. */
const othersAtOnce = 1_000

export interface TellTurnedOptions {
  presence: Pick<PresenceBoard, 'look'>
  store: Pick<Store, 'mutual'>
  watching: Watching
}

/**
 * Tells watchers of those whom they may see now and could not before, or the other way about, since these
 * have moved. One question and one look for each asker and a thousand others: three hundred who watch one
 * that moved are asked of together, and so are three hundred that moved and are watched by one. Yields how
 * many pairs were gone through, after each question.
 */
export async function* tellTurned(
  { presence, store, watching }: TellTurnedOptions,
  moved: ReadonlySet<UserId>,
): AsyncGenerator<number> {
  for (const [askerId, pairs] of byAsker(watching, moved)) {
    const otherOf = ({ watcher, watched }: Pair) => (watched === askerId ? watcher.userId : watched)
    const byOther = Map.groupBy(pairs, otherOf)
    const others = [...byOther.keys()]
    for (let from = 0; from < others.length; from += othersAtOnce) {
      const page = others.slice(from, from + othersAtOnce)
      const asked = page.flatMap((other) => byOther.get(other) ?? [])
      const seen = await presence.look([...new Set(asked.map(({ watched }) => watched))])
      const mutual = await store.mutual(askerId, page)
      const shownNow = new Map(seen.map((one) => [one.userId, shown(one)]))
      const frames: Frames = new Map()
      for (const pair of asked) {
        const { watcher, watched } = pair
        const maySee = mutual.has(otherOf(pair))
        // Gone, or no longer interested, while the store was asked.
        if (maySee !== watching.isHidden(pair) || !watching.watchersOf(watched).has(watcher)) continue
        watching.noteHidden(pair, !maySee)
        const frame = encodePush('presence', (maySee && shownNow.get(watched)) || hidden(watched))
        addFrame(frames, watcher, frame)
      }
      pushAll(frames)
      yield asked.length
    }
  }
}

/**
 * Each pair that this concerns, once, by whom of the two the store is asked about the other, which is the
 * same either way: by those that moved, or, where these are fewer, by those who watch them.
 */
function* byAsker(watching: Watching, moved: ReadonlySet<UserId>): Generator<[UserId, Pair[]]> {
  const viewers = viewersOf(watching, moved)
  for (const askerId of viewers ? new Set([...viewers, ...moved]) : moved) {
    const pairs: Pair[] = []
    if (!viewers)
      for (const watcher of watching.watchersOf(askerId)) pairs.push({ watcher, watched: askerId })
    for (const watcher of watching.connectionsOf(askerId))
      for (const watched of watching.watchedBy(watcher))
        if (viewers ? moved.has(askerId) || moved.has(watched) : !moved.has(watched))
          pairs.push({ watcher, watched })
    yield [askerId, pairs.filter(({ watcher, watched }) => watcher.userId !== watched)]
  }
}

/** Who watches one of these, if they are fewer than these. */
function viewersOf(watching: Watching, userIds: ReadonlySet<UserId>): Set<UserId> | undefined {
  const viewers = new Set<UserId>()
  for (const userId of userIds)
    for (const { userId: viewerId } of watching.watchersOf(userId))
      if (viewers.add(viewerId).size >= userIds.size) return
  return viewers
}
