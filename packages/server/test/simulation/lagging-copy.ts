import type { Copy } from '../../src/drivers/sql/replicated-pages.ts'
import type { KeptStore } from './kept-store.ts'
import type { Dice } from './seeded-random.ts'

/**
 * A read replica: a store of its own, which is what the kept one was some while ago. It catches up by chance, and
 * after a backup was put back it may be of the history before.
 */
export class LaggingCopy implements Copy {
  readonly isFit = true
  readonly #kept: KeptStore
  readonly #own: KeptStore
  readonly #dice: Dice

  constructor({ kept, own, dice }: { kept: KeptStore; own: KeptStore; dice: Dice }) {
    this.#kept = kept
    this.#own = own
    this.#dice = dice
    own.empty('before')
  }

  async history(page: Parameters<Copy['history']>[0]): ReturnType<Copy['history']> {
    this.#live()
    return { ...(await this.#own.store.history(page)), lineage: this.#own.epoch }
  }

  async events(range: Parameters<Copy['events']>[0]): ReturnType<Copy['events']> {
    this.#live()
    return { ...(await this.#own.store.events(range)), lineage: this.#own.epoch }
  }

  #live(): void {
    if (this.#dice.chance(0.1)) throw new Error('simulated: the replica is away')
    if (this.#dice.chance(0.4)) this.#own.restore(this.#kept.copy(), this.#kept.epoch)
  }
}
