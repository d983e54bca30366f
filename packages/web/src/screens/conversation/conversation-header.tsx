import type { Conversation } from '@confab/protocol/conversation'
import { Link } from '@tanstack/react-router'
import { timeAgo } from '../../state/times.ts'
import { otherOf, titleOf } from '../../state/titles.ts'
import { useNow } from '../../state/use-now.ts'
import { useMe, usePresence } from '../../state/use-people.ts'
import { ConversationAvatar } from '../../ui/conversation-avatar.tsx'
import { Icon } from '../../ui/icon.tsx'
import { IconButton, iconButtonLook } from '../../ui/icon-button.tsx'

interface HeaderProps {
  info: Conversation
  onPanel: (panel: 'details' | 'pins') => void
}

export function ConversationHeader({ info, onPanel }: HeaderProps) {
  const me = useMe()
  const other = otherOf(info, me?.id)
  return (
    <header className="flex min-h-16 items-center gap-3 border-line border-b bg-surface px-2 py-2 sm:px-4 md:ps-6">
      <Link to="/" aria-label="Back to conversations" className={`${iconButtonLook} -me-2 md:hidden`}>
        <Icon name="back" />
      </Link>
      <ConversationAvatar conversation={info} other={other} size="small" />
      <div className="min-w-0 grow">
        <h2 className="flex items-center gap-1 font-bold text-title">
          {info.kind === 'channel' && (
            <Icon name={info.visibility === 'public' ? 'hash' : 'lock'} className="size-4 text-ink-faint" />
          )}
          <bdi className="truncate">{titleOf(info, me?.id)}</bdi>
        </h2>
        <p className="truncate text-ink-faint text-small">
          {other ? <PresenceText userId={other.id} /> : <About info={info} />}
        </p>
      </div>
      <div className="flex shrink-0">
        <IconButton icon="pin" label="Pinned messages" onClick={() => onPanel('pins')} />
        <IconButton
          icon={info.kind === 'direct' ? 'info' : 'people'}
          label="Details"
          onClick={() => onPanel('details')}
        />
      </div>
    </header>
  )
}

const words = { online: 'Online', away: 'Away', busy: 'Busy', offline: 'Offline' } as const

function PresenceText({ userId }: { userId: string }) {
  const { status, lastSeenAt } = usePresence(userId)
  const nowMs = useNow()
  if (status === 'offline' && lastSeenAt) return <>Last seen {timeAgo(lastSeenAt, nowMs)}</>
  return <>{words[status]}</>
}

function About({ info }: { info: Conversation }) {
  if (info.kind === 'direct') return <>Only you can see this</>
  const count = info.memberCount === 1 ? '1 member' : `${info.memberCount} members`
  return (
    <>
      {count}
      {info.topic && <bdi> · {info.topic}</bdi>}
    </>
  )
}
