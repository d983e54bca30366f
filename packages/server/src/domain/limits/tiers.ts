import { userId } from '@confab/protocol/ids'
import type { Clock } from '../../lib/clock.ts'
import type { Store } from '../../ports/store.ts'

/**
 * How many times as much some may do as the limits say: by their role, and by themselves, as bots may need.
 */
export interface Tiers {
  administrators: number
  members: number
  /** By a user's id, before their role. */
  users: ReadonlyMap<string, number>
}

/** By how much a user's own limits are multiplied. */
export type TierOf = (id: string) => Promise<number>

/** A role that has changed counts after so long. */
const keptMs = 60_000
const keptMax = 10_000

/** Undefined where everybody is alike, so that nobody is looked up. */
export function tiersBy(
  tiers: Tiers,
  { store, clock }: { store: Pick<Store, 'me'>; clock: Pick<Clock, 'now'> },
): TierOf | undefined {
  const { administrators, members, users } = tiers
  const byRole = administrators !== members
  if (!byRole && members === 1 && users.size === 0) return undefined
  const kept = new Map<string, { tier: number; until: number }>()

  return async (id) => {
    const own = users.get(id)
    if (own !== undefined) return own
    if (!byRole) return members
    const now = clock.now()
    const known = kept.get(id)
    if (known && now < known.until) return known.tier
    const me = await store.me(userId.parse(id))
    const tier = me?.serverRole === 'admin' ? administrators : members
    if (kept.size >= keptMax) kept.clear()
    kept.set(id, { tier, until: now + keptMs })
    return tier
  }
}
