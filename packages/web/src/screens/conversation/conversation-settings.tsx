import type { ConversationHandle } from '@confab/client/chat'
import type { Conversation } from '@confab/protocol/conversation'
import { useNavigate } from '@tanstack/react-router'
import { tellFailure } from '../../state/toasts.ts'
import { Icon, type IconName } from '../../ui/icon.tsx'

/** What one has set for oneself; nobody else is told. */
export function ConversationSettings({ handle, info }: { handle: ConversationHandle; info: Conversation }) {
  const muted = info.me?.muted ?? false
  const pinned = info.me?.pinned ?? false
  const navigate = useNavigate()
  const markUnread = () => {
    tellFailure(handle.update({ markedUnread: true }), 'Marking as unread')
    // Who stays would be reading it.
    void navigate({ to: '/' })
  }
  return (
    <div className="grid gap-1 border-line border-b p-3">
      <Toggle
        icon="muted"
        name="Mute"
        about="Its unread messages stand back in the list"
        on={muted}
        onToggle={() => tellFailure(handle.update({ muted: !muted }), 'Muting')}
      />
      <Toggle
        icon="pin"
        name="Pin to the top"
        about="It stays above your other conversations"
        on={pinned}
        onToggle={() => tellFailure(handle.update({ pinned: !pinned }), 'Pinning')}
      />
      <button type="button" onClick={markUnread} className={rowLook}>
        <Icon name="unread" className="size-5 text-ink-soft" />
        <span className="min-w-0 grow">
          <span className="block font-semibold">Mark as unread</span>
          <span className="block text-ink-faint text-small">It stands out in the list until you open it</span>
        </span>
      </button>
    </div>
  )
}

const rowLook =
  'flex min-h-12 items-center gap-3 rounded-medium px-2.5 py-1.5 text-start hover:bg-hover focus-visible:outline-offset-[-2px]'

interface ToggleProps {
  icon: IconName
  name: string
  about: string
  on: boolean
  onToggle: () => void
}

function Toggle({ icon, name, about, on, onToggle }: ToggleProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-label={name}
      aria-checked={on}
      onClick={onToggle}
      className={rowLook}
    >
      <Icon name={icon} className="size-5 text-ink-soft" />
      <span className="min-w-0 grow">
        <span className="block font-semibold">{name}</span>
        <span className="block text-ink-faint text-small">{about}</span>
      </span>
      <span
        aria-hidden="true"
        className={`flex h-6 w-10 shrink-0 items-center rounded-full p-0.5 transition-colors duration-(--duration-quick) ${on ? 'justify-end bg-accent' : 'bg-line-strong'}`}
      >
        <span className="size-5 rounded-full bg-raised shadow-low" />
      </span>
    </button>
  )
}
