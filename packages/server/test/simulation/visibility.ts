import type { Outcome, Write } from '../../src/ports/writes.ts'

/** Writes that were carried out together, and when. */
export interface Batch {
  at: number
  writes: readonly Write[]
  outcomes: readonly Outcome[]
}

type Logs = ReadonlyMap<string, { members: ReadonlySet<string> }>

/**
 * Who may see whom, and who is invisible, by what was committed and acknowledged. Told over and over, it
 * knows since when it is so.
 */
export class Visibility {
  /** When each pair ceased to share a conversation, or to be unblocked; those who see each other are not in it. */
  readonly #hiddenSince = new Map<string, number>()
  readonly #blocks = new Set<string>()
  readonly #chosen = new Map<string, string | null>()
  /** When an invisible user was told that they are. */
  readonly #invisibleSince = new Map<string, number>()
  /** Whoever was a member anywhere. */
  readonly #everybody = new Set<string>()
  readonly #logs: Logs

  constructor(logs: Logs) {
    this.#logs = logs
  }

  clear(): void {
    this.#hiddenSince.clear()
    this.#blocks.clear()
    this.#chosen.clear()
    this.#invisibleSince.clear()
  }

  /** The batch is in the logs already. */
  note({ writes, outcomes, at }: Batch): void {
    for (const [index, write] of writes.entries()) {
      if (outcomes[index]?.status !== 'committed') continue
      if (write.write === 'block.change') {
        if (write.on) this.#blocks.add(pairOf(write.actorId, write.userId))
        else this.#blocks.delete(pairOf(write.actorId, write.userId))
      }
      if (write.write === 'presences.keep')
        for (const { userId, chosen } of write.presences)
          if (chosen !== undefined) this.#choose(userId, chosen)
    }
    for (const { members } of this.#logs.values()) for (const userId of members) this.#everybody.add(userId)
    for (const one of this.#everybody)
      for (const other of this.#everybody)
        if (this.seeEachOther(one, other)) this.#hiddenSince.delete(pairOf(one, other))
        else if (!this.#hiddenSince.has(pairOf(one, other))) this.#hiddenSince.set(pairOf(one, other), at)
  }

  /** What was chosen was acknowledged. */
  acknowledge(userId: string, now: number): void {
    if (this.#chosen.get(userId) === 'invisible' && !this.#invisibleSince.has(userId))
      this.#invisibleSince.set(userId, now)
  }

  /** Busy and invisible are the user's, and kept; online and away leave neither. */
  chosenBy(userId: string): string | null {
    return this.#chosen.get(userId) ?? null
  }

  seeEachOther(one: string, other: string): boolean {
    if (one === other) return true
    if (this.#blocks.has(pairOf(one, other)) || this.#blocks.has(pairOf(other, one))) return false
    return [...this.#logs.values()].some(({ members }) => members.has(one) && members.has(other))
  }

  /** At some moment from `since` on. */
  sawEachOther(one: string, other: string, since: number): boolean {
    return this.seeEachOther(one, other) || (this.#hiddenSince.get(pairOf(one, other)) ?? 0) >= since
  }

  wasInvisible(userId: string, at: number): boolean {
    return (this.#invisibleSince.get(userId) ?? Number.POSITIVE_INFINITY) < at
  }

  #choose(userId: string, chosen: string | null): void {
    this.#chosen.set(userId, chosen)
    if (chosen !== 'invisible') this.#invisibleSince.delete(userId)
  }
}

const pairOf = (one: string, other: string) => `${one} ${other}`
