import { Icon } from '../../ui/icon.tsx'

export function JumpToLatest({ unread, onJump }: { unread: number; onJump: () => void }) {
  return (
    <button
      type="button"
      onClick={onJump}
      className="absolute end-4 bottom-3 flex h-11 min-w-11 animate-rise items-center justify-center gap-1.5 rounded-full border border-line bg-raised px-3 font-semibold text-small shadow-high hover:bg-hover"
    >
      {unread > 0 && <span className="tabular-nums">{unread} new</span>}
      <Icon name="down" />
      <span className="sr-only">Jump to the latest message</span>
    </button>
  )
}
