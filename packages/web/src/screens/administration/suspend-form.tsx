import { suspensionReasonCodePoints } from '@confab/protocol/account'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'

interface SuspendFormProps {
  name: string
  busy: boolean
  onSuspend: (reason: string) => void
  onCancel: () => void
}

/** Asked with a reason, since the person is told it. */
export function SuspendForm({ name, busy, onSuspend, onCancel }: SuspendFormProps) {
  const [reason, setReason] = useState('')
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector('input')?.focus(), [])
  const wanted = reason.trim()
  return (
    <form
      ref={form}
      noValidate
      aria-label={`Suspend ${name}`}
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (wanted !== '') onSuspend(wanted)
      }}
    >
      <TextField
        label="Why"
        autoComplete="off"
        maxLength={suspensionReasonCodePoints}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        hint="Told to the person when they sign in. They are signed out everywhere; what they wrote stays."
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="danger" busy={busy} disabled={wanted === ''}>
          Suspend
        </Button>
        <Button look="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
