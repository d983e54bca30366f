import type { PresenceStatus } from '@confab/protocol/presence'
import { useChat } from '../state/chat-context.ts'
import { useOwnStatus } from '../state/use-own-status.ts'
import { usePresence } from '../state/use-people.ts'
import { useValue } from '../state/use-value.ts'

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
  return <Dot status={status} {...looks[status]} small={small} />
}

/** One's own: while invisible a ring, since one must not forget it. */
export function OwnDot() {
  const connected = useValue(useChat().status).status === 'online'
  const status = useOwnStatus()
  if (!connected) return null
  if (status === 'invisible')
    return <Dot status={status} name="Invisible" dot="bg-canvas ring-2 ring-ink-faint ring-inset" small />
  return <Dot status={status} {...looks[status]} small />
}

interface DotProps {
  status: string
  name: string
  dot: string
  small: boolean
}

function Dot({ status, name, dot, small }: DotProps) {
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
