import { Button } from '../../ui/button.tsx'

interface RemoveFactorFormProps {
  name: string
  busy: boolean
  onRemove: () => void
  onCancel: () => void
}

/** Asked twice: with a word in the wrong ear, this lets a thief of a mailbox in. */
export function RemoveFactorForm({ name, busy, onRemove, onCancel }: RemoveFactorFormProps) {
  return (
    <section aria-label={`Remove the second factor of ${name}`} className="grid gap-3">
      <p className="text-small">
        Be sure that it is they who ask, by another way than their mailbox. Their passkeys go too. They are
        told by mail, and sign in without it until they have set up another.
      </p>
      <div className="flex flex-wrap gap-2">
        <Button look="danger" busy={busy} onClick={onRemove}>
          Remove second factor
        </Button>
        <Button look="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </section>
  )
}
