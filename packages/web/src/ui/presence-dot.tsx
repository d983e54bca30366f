import type { PresenceStatus } from '@confab/protocol/presence'
import { usePresence } from '../state/use-people.ts'

const looks: Record<PresenceStatus, { name: string; dot: string }> = {
  online: { name: 'Online', dot: 'bg-online' },
  away: { name: 'Away', dot: 'bg-away' },
  busy: { name: 'Busy', dot: 'bg-busy' },
  offline: { name: 'Offline', dot: '' },
}

/** On the corner of an avatar. Nothing is drawn for who is offline: absence needs no mark. */
export function PresenceDot({ userId, small = false }: { userId: string; small?: boolean }) {
  const { status } = usePresence(userId)
  if (status === 'offline') return null
  const { name, dot } = looks[status]
  return (
    <span
      role="img"
      aria-label={name}
      title={name}
      data-presence={status}
      className={`absolute rounded-full border-canvas ${small ? '-end-0.5 -bottom-0.5 size-3 border-2' : 'end-0 bottom-0 size-3.5 border-[2.5px]'} ${dot}`}
    />
  )
}
