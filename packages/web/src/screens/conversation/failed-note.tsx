import type { TimelineItem } from '@confab/client/timeline'

interface FailedNoteProps {
  item: Extract<TimelineItem, { clientId: string }>
  onRetry: (clientId: string) => void
  onDiscard: (clientId: string) => void
}

/** Why a message was refused, and the two ways out. */
export function FailedNote({ item, onRetry, onDiscard }: FailedNoteProps) {
  return (
    <div role="alert" className="mt-1 flex flex-wrap items-center justify-end gap-x-1 text-danger text-small">
      <span>Not sent{item.refusal ? `: ${item.refusal.message}` : ''}</span>
      <button type="button" className={actionLook} onClick={() => onRetry(item.clientId)}>
        Try again
      </button>
      <button type="button" className={actionLook} onClick={() => onDiscard(item.clientId)}>
        Discard
      </button>
    </div>
  )
}

const actionLook =
  'min-h-9 rounded-small px-2 font-semibold underline underline-offset-2 hover:bg-danger-soft'
