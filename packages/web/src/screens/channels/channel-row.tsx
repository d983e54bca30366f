import type { Conversation } from '@confab/protocol/conversation'
import { Link } from '@tanstack/react-router'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { quietLinkButtonLook } from '../../ui/link-button.ts'

interface ChannelRowProps {
  channel: Conversation
  busy: boolean
  onJoin: () => void
}

export function ChannelRow({ channel, busy, onJoin }: ChannelRowProps) {
  const count = channel.memberCount === 1 ? '1 member' : `${channel.memberCount} members`
  return (
    <li className="flex items-center gap-3 rounded-large border border-line bg-raised p-3.5">
      <Avatar seed={channel.id} name={channel.name ?? ''} shape="square" />
      <span className="min-w-0 grow">
        <bdi className="block truncate font-semibold">{channel.name}</bdi>
        <span className="line-clamp-2 text-ink-soft text-small">
          {count}
          {channel.topic && <bdi> · {channel.topic}</bdi>}
        </span>
      </span>
      {channel.me ? (
        <Link
          to="/c/$conversationId"
          params={{ conversationId: channel.id }}
          className={quietLinkButtonLook}
          aria-label={`Open ${channel.name}`}
        >
          Open
        </Link>
      ) : (
        <Button busy={busy} onClick={onJoin} aria-label={`Join ${channel.name}`}>
          Join
        </Button>
      )}
    </li>
  )
}
