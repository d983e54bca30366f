import type { Conversation } from '@confab/protocol/conversation'
import { dayName } from '../../state/times.ts'
import { otherOf, titleOf } from '../../state/titles.ts'
import { useNow } from '../../state/use-now.ts'
import { useMe } from '../../state/use-people.ts'
import { Avatar } from '../../ui/avatar.tsx'

export function DaySeparator({ at }: { at: string }) {
  const nowMs = useNow()
  return (
    <div className="mx-auto flex max-w-5xl items-center gap-3 px-6 pt-5 pb-2 text-ink-faint text-small">
      <span className="h-px grow bg-line" />
      <h3 className="font-medium">{dayName(at, nowMs)}</h3>
      <span className="h-px grow bg-line" />
    </div>
  )
}

export function UnreadDivider() {
  return (
    <div
      data-unread-divider
      className="mx-auto flex max-w-5xl items-center gap-3 px-6 pt-4 pb-1 text-accent text-small"
    >
      <span className="h-px grow bg-accent/40" />
      <h3 className="font-semibold">New</h3>
      <span className="h-px grow bg-accent/40" />
    </div>
  )
}

export function Beginning({ info }: { info: Conversation }) {
  const me = useMe()
  const other = otherOf(info, me?.id)
  const title = titleOf(info, me?.id)
  return (
    <div data-beginning className="flex flex-col items-center px-6 pt-12 pb-4 text-center">
      <Avatar
        size="large"
        seed={other?.id ?? info.id}
        name={title}
        shape={info.kind === 'direct' ? 'round' : 'square'}
      />
      <h3 className="mt-4 font-bold text-title">
        <bdi>{title}</bdi>
      </h3>
      <p className="mt-1 max-w-sm text-balance text-ink-soft">{firstWords(info, other?.handle)}</p>
    </div>
  )
}

function firstWords(info: Conversation, handle: string | undefined): string {
  if (info.kind !== 'direct') return info.topic || 'This is where it all begins. Say what it is about.'
  if (handle) return `@${handle}. This is the beginning of your conversation: say hello.`
  return 'A place for notes to yourself, on all your devices.'
}
