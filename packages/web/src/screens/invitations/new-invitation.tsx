import { useState } from 'react'
import type { WantedInvitation } from '../../session/invitation-door.ts'
import { Button } from '../../ui/button.tsx'
import { Choice } from '../../ui/choice.tsx'

interface NewInvitationProps {
  busy: boolean
  onMake: (wanted: WantedInvitation) => void
}

const times = [
  { value: '24', label: 'A day' },
  { value: '168', label: 'A week' },
  { value: 'ever', label: 'Until revoked' },
] as const

const counts = [
  { value: '1', label: 'Once' },
  { value: '10', label: 'Ten times' },
  { value: 'any', label: 'Any number' },
] as const

export function NewInvitation({ busy, onMake }: NewInvitationProps) {
  const [time, setTime] = useState<(typeof times)[number]['value']>('168')
  const [count, setCount] = useState<(typeof counts)[number]['value']>('1')
  return (
    <div className="grid gap-4">
      <Choice label="Good for" value={time} options={times} onChange={setTime} />
      <Choice label="How often" value={count} options={counts} onChange={setCount} />
      <Button
        look="quiet"
        className="justify-self-start"
        busy={busy}
        onClick={() =>
          onMake({
            expiresInHours: time === 'ever' ? null : Number(time),
            uses: count === 'any' ? null : Number(count),
          })
        }
      >
        Make an invitation
      </Button>
    </div>
  )
}
