/** Remembered revs of pushes that came before the reply that says where to begin. */
export const earlyRevsMax = 1_000

/** What a push with this rev is: to be taken, known already, or a sign that one before it is missing. */
export type RevStep = 'next' | 'known' | 'gap'

/** Follows the gapless count of the changes to what is the user's own. */
export class UserRev {
  /** Undefined before the first sync. */
  current: number | undefined
  #early = new Set<number>()

  /** A push has arrived. While a sync is under way any rev beyond `current` is as good as the next. */
  push(rev: number, syncing: boolean): RevStep {
    if (this.current !== undefined && rev <= this.current) return 'known'
    if (!syncing && this.current !== undefined && rev === this.current + 1) {
      this.current = rev
      return 'next'
    }
    if (this.#early.size < earlyRevsMax) this.#early.add(rev)
    return syncing || this.current === undefined ? 'next' : 'gap'
  }

  /** A sync told everything up to `rev`. False when a push said of more, with a gap between. */
  synced(rev: number): boolean {
    this.current = Math.max(rev, this.current ?? 0)
    while (this.#early.has(this.current + 1)) this.current++
    const current = this.current
    const whole = [...this.#early].every((early) => early <= current)
    this.#early.clear()
    return whole
  }

  reset(): void {
    this.current = undefined
    this.#early.clear()
  }
}
