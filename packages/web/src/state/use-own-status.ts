import type { ChosenStatus, Presence } from '@confab/protocol/presence'
import { useState } from 'react'
import { useMe, usePresence } from './use-people.ts'

/**
 * One's own status, chosen here or on another device, as the server tells it: out of reach, as it told last;
 * online until it has.
 */
export function useOwnStatus(): ChosenStatus {
  const me = useMe()
  const [last, setLast] = useState<ChosenStatus>('online')
  const told = ownStatus(usePresence(me?.id ?? ''))
  if (told !== undefined && told !== last) setLast(told)
  return told ?? last
}

/**
 * Who is invisible looks, to themselves too, as if they had left: but they are here, asking. Undefined where
 * nobody tells.
 */
export function ownStatus({ status, lastSeenAt }: Pick<Presence, 'status' | 'lastSeenAt'>) {
  if (status !== 'offline') return status
  return lastSeenAt === null ? undefined : 'invisible'
}
