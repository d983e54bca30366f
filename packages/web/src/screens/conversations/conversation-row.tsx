import type { ConversationSummary } from '@confab/client/chat'
import { Link } from '@tanstack/react-router'
import { exactTime, listTime } from '../../state/times.ts'
import { titleOf } from '../../state/titles.ts'
import { useNow } from '../../state/use-now.ts'
import { useMe } from '../../state/use-people.ts'
import { ConversationAvatar } from '../../ui/conversation-avatar.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Preview } from './preview.tsx'
import { moveFocus } from './row-focus.ts'

export function ConversationRow({ summary }: { summary: ConversationSummary }) {
  const { conversation, unread, lastMessage } = summary
  const me = useMe()
  const nowMs = useNow()
  const muted = conversation.me?.muted ?? false
  const loud = unread > 0 && !muted
  return (
    <Link
      to="/c/$conversationId"
      params={{ conversationId: conversation.id }}
      data-conversation-row
      onKeyDown={(event) => {
        if (moveFocus(event.key)) event.preventDefault()
      }}
      className="flex items-center gap-3 rounded-medium px-2.5 py-2.5 transition-colors duration-(--duration-quick) hover:bg-hover aria-[current=page]:bg-selected focus-visible:outline-offset-[-2px]"
    >
      <ConversationAvatar conversation={conversation} other={summary.other} />
      <span className="min-w-0 grow">
        <span className="flex items-baseline gap-2">
          <span className={`flex min-w-0 grow items-center gap-1 ${loud ? 'font-bold' : 'font-semibold'}`}>
            {conversation.kind === 'channel' && (
              <Icon
                name={conversation.visibility === 'public' ? 'hash' : 'lock'}
                className="size-3.5 text-ink-faint"
              />
            )}
            <bdi className="truncate">{titleOf(conversation, me?.id)}</bdi>
          </span>
          {lastMessage && (
            <time
              dateTime={lastMessage.createdAt}
              title={exactTime(lastMessage.createdAt)}
              className={`shrink-0 text-micro tabular-nums ${loud ? 'font-semibold text-accent' : 'text-ink-faint'}`}
            >
              {listTime(lastMessage.createdAt, nowMs)}
            </time>
          )}
        </span>
        <span className="mt-0.5 flex items-center gap-2">
          <Preview summary={summary} />
          {unread > 0 && <UnreadBadge unread={unread} muted={muted} />}
        </span>
      </span>
    </Link>
  )
}

function UnreadBadge({ unread, muted }: { unread: number; muted: boolean }) {
  return (
    <span
      className={`grid h-5 min-w-5 shrink-0 place-items-center rounded-full px-1.5 font-bold text-micro tabular-nums ${
        muted ? 'bg-sunken text-ink-soft' : 'bg-accent text-on-accent'
      }`}
    >
      {unread > 999 ? '999+' : unread}
      <span className="sr-only"> unread</span>
    </span>
  )
}
