import type { ChosenStatus, Presence } from '@confab/protocol/presence'
import { useMe, usePresence } from './use-people.ts'

/** One's own status, chosen here or on another device, as the server tells it; online until it has. */
export function useOwnStatus(): ChosenStatus {
  const me = useMe()
  return ownStatus(usePresence(me?.id ?? ''))
}

/** Who is invisible looks, to themselves too, as if they had left: but they are here, asking. */
export const ownStatus = ({ status, lastSeenAt }: Pick<Presence, 'status' | 'lastSeenAt'>): ChosenStatus =>
  status !== 'offline' ? status : lastSeenAt === null ? 'online' : 'invisible'
