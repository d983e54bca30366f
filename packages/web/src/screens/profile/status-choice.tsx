import type { ChosenStatus } from '@confab/protocol/presence'
import { useChat } from '../../state/chat-context.ts'
import { tellFailure } from '../../state/toasts.ts'
import { useOwnStatus } from '../../state/use-own-status.ts'
import { Choice } from '../../ui/choice.tsx'

const statuses = [
  { value: 'online', label: 'Online' },
  { value: 'away', label: 'Away' },
  { value: 'busy', label: 'Busy' },
  { value: 'invisible', label: 'Invisible' },
] as const

const words: Record<ChosenStatus, string> = {
  online: 'Others see you as online while Confab is open, and as away after ten minutes without you.',
  away: 'Others see you as away, as long as Confab is open here.',
  busy: 'Others see you as busy, on all your devices, until you choose otherwise.',
  invisible: 'You look offline to others, and they aren’t told what has reached you.',
}

/** How others see one: it holds on all devices, but for away, which is this one's. */
export function StatusChoice() {
  const chat = useChat()
  const status = useOwnStatus()
  return (
    <div>
      <Choice
        label="Status"
        value={status}
        options={statuses}
        onChange={(chosen) => tellFailure(chat.setStatus(chosen), 'Your status')}
      />
      <p className="mt-2 text-ink-faint text-small">{words[status]}</p>
    </div>
  )
}
