import type { Copy } from '../../src/drivers/sql/replicated-pages.ts'
import type { KeptStore } from './kept-store.ts'
import type { Dice } from './seeded-random.ts'
import type { Timeline } from './timeline.ts'

/** What a replica is behind at most, beside what it is asked too late. */
const lagMs = 5_000

/**
 * A read replica: a store of its own, which is what the kept one was some while ago, and after a backup was
 * put back may be of the history before. Now and then it is away.
 */
export class LaggingCopy implements Copy {
  readonly isFit = true
  readonly #kept: KeptStore
  readonly #own: KeptStore
  readonly #timeline: Timeline
  readonly #dice: Dice
  #isCatchingUp = false

  constructor(at: { kept: KeptStore; own: KeptStore; timeline: Timeline; dice: Dice }) {
    this.#kept = at.kept
    this.#own = at.own
    this.#timeline = at.timeline
    this.#dice = at.dice
    at.own.empty('before')
  }

  history(page: Parameters<Copy['history']>[0]): ReturnType<Copy['history']> {
    return this.#asItIs(this.#own.store.history(page))
  }

  events(range: Parameters<Copy['events']>[0]): ReturnType<Copy['events']> {
    return this.#asItIs(this.#own.store.events(range))
  }

  /** Something was committed: it is there some time later, with what was committed meanwhile. */
  lag(): void {
    if (this.#isCatchingUp) return
    this.#isCatchingUp = true
    this.#timeline.after(this.#dice.below(lagMs), () => {
      this.#isCatchingUp = false
      this.#own.restore(this.#kept.copy(), this.#kept.epoch)
    })
  }

  /** The question was carried out already. */
  async #asItIs<Page>(found: Promise<Page>): Promise<Page & { lineage: string }> {
    const lineage = this.#own.epoch
    if (this.#dice.chance(0.1)) throw new Error('simulated: the replica is away')
    return { ...(await found), lineage }
  }
}
