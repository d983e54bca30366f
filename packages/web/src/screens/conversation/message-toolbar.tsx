import type { Message } from '@confab/protocol/message'
import { Icon, type IconName } from '../../ui/icon.tsx'
import type { RowActions } from './message-actions.ts'

interface MessageToolbarProps {
  message: Message
  own: boolean
  /** Whether one may write here. */
  answerable: boolean
  actions: RowActions
}

/**
 * Beside a message that is pointed at or has the focus; a tap gives it that. A phone has room for one
 * button, which opens the rest.
 */
export function MessageToolbar({ message, own, answerable, actions }: MessageToolbarProps) {
  return (
    <div
      role="toolbar"
      aria-label="Message actions"
      className={`absolute top-0 z-10 hidden group-hover/message:flex group-focus-visible/message:flex group-has-focus-visible/message:flex pointer-coarse:group-focus-within/message:flex ${own ? 'end-full me-1' : 'start-full ms-1'}`}
    >
      <Tool icon="smile" name="React" wide onUse={() => actions.ask('emoji', message)} />
      {answerable && <Tool icon="reply" name="Reply" wide onUse={() => actions.reply(message.seq)} />}
      <Tool icon="more" name="More" onUse={() => actions.ask('menu', message)} />
    </div>
  )
}

interface ToolProps {
  icon: IconName
  name: string
  /** Only where there is room. */
  wide?: boolean
  onUse: () => void
}

function Tool({ icon, name, wide = false, onUse }: ToolProps) {
  return (
    <button
      type="button"
      aria-label={name}
      title={name}
      onClick={onUse}
      className={`${wide ? 'hidden sm:grid' : 'grid'} size-8 place-items-center rounded-full text-ink-soft hover:bg-hover hover:text-ink`}
    >
      <Icon name={icon} className="size-4.5" />
    </button>
  )
}
