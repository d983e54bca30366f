import { Icon, type IconName } from '../../ui/icon.tsx'

interface ComposerToolsProps {
  important: boolean
  onImportant: () => void
  onEmoji: () => void
}

/** What can be added to a new message, before the button that sends it: Tab from the text leads here. */
export function ComposerTools({ important, onImportant, onEmoji }: ComposerToolsProps) {
  return (
    <>
      <Tool icon="smile" name="Insert an emoji" onUse={onEmoji} />
      <Tool icon="important" name="Important" keys="Alt+I" pressed={important} onUse={onImportant} />
    </>
  )
}

export function ImportantNote() {
  return (
    <p className="flex animate-fade items-center gap-2 px-3 pb-1.5 font-semibold text-danger text-small">
      <Icon name="important" className="size-4.5" />
      Important: it stands out for everybody here
    </p>
  )
}

interface ToolProps {
  icon: IconName
  name: string
  keys?: string
  pressed?: boolean
  onUse: () => void
}

function Tool({ icon, name, keys, pressed, onUse }: ToolProps) {
  return (
    <button
      type="button"
      aria-label={name}
      aria-pressed={pressed}
      aria-keyshortcuts={keys}
      title={keys ? `${name} (${keys})` : name}
      onClick={onUse}
      className="grid h-10 w-9 shrink-0 place-items-center rounded-medium text-ink-soft transition-colors duration-(--duration-quick) hover:bg-hover hover:text-ink aria-pressed:bg-danger-soft aria-pressed:text-danger"
    >
      <Icon name={icon} />
    </button>
  )
}
