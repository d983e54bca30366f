import type { Clock } from '../../lib/clock.ts'
import type { Reached, Store } from '../../ports/store.ts'

/**
 * Pages of a conversation from whichever copy of the database has come far enough, else from the primary,
 * at once.
 *
 * Whoever asks was let in by the primary, and says how far the conversation had come then: `atLeast`. A
 * copy's page counts only where the copy, in the same snapshot, had reached that head in the same lineage.
 * All that changes a page (edits, deletions, reactions, pins) takes a seq, so such a page holds nothing that
 * was deleted before it was asked for. Who may read at all is never asked of a copy.
 *
 *   asked ── behind, so many times in a row ──▶ rests
 *     │                                          │ the time is over
 *     └─ fails, or is late ──▶ rests, longer ────┴──▶ tried with one page ── answers ──▶ asked
 */
export type Pages = Pick<Store, 'history' | 'events'>

/** One copy. A page says as of what it is. */
export interface Copy {
  /** False while it is known to be of no use. */
  readonly isFit: boolean
  history(page: Parameters<Store['history']>[0]): Promise<CopiedPage<'history'>>
  events(range: Parameters<Store['events']>[0]): Promise<CopiedPage<'events'>>
}

export type CopiedPage<Name extends keyof Pages> = Awaited<ReturnType<Pages[Name]>> & Reached

export interface CopyBounds {
  /** Later than this its page is not waited for. */
  answerWithinMs: number
}

const usualBounds: CopyBounds = { answerWithinMs: 250 }
const behindMax = 5
const behindRestMs = 500
const failedRestMs = 1_000
const restMsMax = 10_000

/**
 * How often pages were asked of copies, by what came of it; `primary` are those that the primary was asked.
 */
export type PageCounts = Record<'copy' | 'behind' | 'failed' | 'primary', number>

interface Watched {
  copy: Copy
  behind: number
  failures: number
  /** By the clock that nobody sets. */
  restsUntil: number
  isTried: boolean
}

export function replicatedPages({
  primary,
  copies,
  clock,
  random = Math.random,
  bounds = {},
}: {
  primary: Pages
  copies: readonly Copy[]
  clock: Pick<Clock, 'elapsed' | 'after'>
  random?: () => number
  bounds?: Partial<CopyBounds>
}): Pages & { readonly counts: PageCounts } {
  const { answerWithinMs } = { ...usualBounds, ...bounds }
  const counts: PageCounts = { copy: 0, behind: 0, failed: 0, primary: 0 }
  const watched = copies.map((copy): Watched => {
    return { copy, behind: 0, failures: 0, restsUntil: 0, isTried: false }
  })
  let turn = 0

  /** Each in turn, those that rest left out; after a failure with one page at a time. */
  function next(): Watched | undefined {
    for (let tries = 0; tries < watched.length; tries++) {
      const one = watched[turn++ % watched.length]
      if (one?.copy.isFit && clock.elapsed() >= one.restsUntil && !(one.failures > 0 && one.isTried))
        return one
    }
    return undefined
  }

  async function fromCopy<Page extends Reached>(
    asked: Reached,
    ask: (copy: Copy) => Promise<Page>,
  ): Promise<Page | undefined> {
    const one = next()
    if (!one) return undefined
    one.isTried = true
    const page = await inTime(ask(one.copy))
    one.isTried = false
    if (!page) {
      counts.failed++
      rest(one, Math.min(failedRestMs * 2 ** one.failures++, restMsMax))
      return undefined
    }
    one.failures = 0
    if (!hasReached(page, asked)) {
      counts.behind++
      if (++one.behind >= behindMax) rest(one, behindRestMs)
      return undefined
    }
    counts.copy++
    one.behind = 0
    return page
  }

  /** Not all nodes come back to it at once. */
  function rest(one: Watched, ms: number): void {
    one.behind = 0
    one.restsUntil = clock.elapsed() + ms * (0.5 + random() / 2)
  }

  /** Undefined where it fails or is late: why is reported by whoever keeps the copy. */
  function inTime<Page>(asked: Promise<Page>): Promise<Page | undefined> {
    const { promise: late, resolve } = Promise.withResolvers<undefined>()
    const cancel = clock.after(answerWithinMs, () => resolve(undefined))
    return Promise.race([asked.catch(() => undefined), late]).finally(cancel)
  }

  return {
    counts,
    async history({ atLeast, ...page }) {
      const found = atLeast && (await fromCopy(atLeast, (copy) => copy.history(page)))
      if (found) return { messages: found.messages, head: found.head }
      counts.primary++
      return primary.history(page)
    },
    async events({ atLeast, ...range }) {
      const found = atLeast && (await fromCopy(atLeast, (copy) => copy.events(range)))
      if (found) return { events: found.events, head: found.head }
      counts.primary++
      return primary.events(range)
    },
  }
}

const hasReached = (page: Reached, asked: Reached): boolean =>
  page.lineage === asked.lineage && page.head >= asked.head
