import type { ConversationId, UserId } from '@confab/protocol/ids'
import { type Copy, replicatedPages } from '../../src/drivers/sql/replicated-pages.ts'
import type { Store } from '../../src/ports/store.ts'
import type { Outcome, Write } from '../../src/ports/writes.ts'
import type { KeptStore } from './kept-store.ts'
import type { Dice } from './seeded-random.ts'
import type { PartyClock } from './timeline.ts'

/** How long a statement takes at most. */
export const storeDelayMs = 30

/** What befalls a node's next batch. */
export type Mishap = 'crash before commit' | 'crash after commit' | 'disk full'

export interface StoreReach {
  kept: KeptStore
  /** What pages may be asked of. */
  copies: readonly Copy[]
  clock: PartyClock
  dice: Dice
  /** Statements take time, and overtake each other, as they do where the database is another machine. */
  isFar: boolean
  mishap(): Mishap | undefined
  crash(): void
  /** Told the moment that it is durable. */
  committed(writes: readonly Write[], outcomes: readonly Outcome[]): void
}

/** The kept store as one node reaches it: over a way of its own, which ends with the node. */
export function reachStore({
  kept,
  copies,
  clock,
  dice,
  isFar,
  mishap,
  crash,
  committed,
}: StoreReach): Store {
  const { store } = kept

  /** Once the node is dead, its clock stands still: nothing is carried out, nobody is answered. */
  function over<Answer>(carryOut: () => Promise<Answer>): Promise<Answer> {
    if (!isFar) return carryOut()
    return new Promise((resolve, reject) => {
      clock.after(dice.below(storeDelayMs), () => {
        carryOut().then(
          (answer) => clock.after(dice.below(storeDelayMs), () => resolve(answer)),
          (cause) => clock.after(0, () => reject(cause)),
        )
      })
    })
  }

  async function commit(writes: readonly Write[]): Promise<Outcome[]> {
    // When somebody was last seen is noted by itself: what befalls people's own doing is not spent on it.
    const what = writes.every(isNoteOfLastSeen) ? undefined : mishap()
    if (what === 'disk full') throw new Error('simulated: the disk is full')
    if (what === 'crash before commit') {
      crash()
      return never()
    }
    const outcomes = await store.commit(writes)
    committed(writes, outcomes)
    if (what === 'crash after commit') {
      crash()
      return never()
    }
    return outcomes
  }

  const pages = replicatedPages({
    primary: {
      history: (page) => over(() => store.history(page)),
      events: (range) => over(() => store.events(range)),
    },
    copies: copies.map((copy) => ({
      isFit: true,
      history: (page) => over(() => copy.history(page)),
      events: (range) => over(() => copy.events(range)),
    })),
    clock,
    random: dice.next,
  })

  /** A backup that was put back goes its own way from there. */
  async function standing(id: ConversationId, userId: UserId) {
    const found = await store.standing(id, userId)
    return found && { ...found, lineage: kept.epoch }
  }

  return new Proxy(store, {
    get(target, name) {
      if (name === 'epoch') return kept.epoch
      if (name === 'history') return pages.history
      if (name === 'events') return pages.events
      if (name === 'standing') return (id: ConversationId, userId: UserId) => over(() => standing(id, userId))
      if (name === 'commit') return (writes: readonly Write[]) => over(() => commit(writes))
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return (...args: unknown[]) => over(async () => Reflect.apply(method, target, args))
    },
  })
}

const isNoteOfLastSeen = (write: Write): boolean =>
  write.write === 'presences.keep' && write.presences.every(({ chosen }) => chosen === undefined)

const never = <T>() => new Promise<T>(() => undefined)
