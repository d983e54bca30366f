import type { ConversationSummary } from '@confab/client/chat'
import { Link } from '@tanstack/react-router'
import { exactTime, listTime } from '../../state/times.ts'
import { titleOf } from '../../state/titles.ts'
import { useNow } from '../../state/use-now.ts'
import { useMe } from '../../state/use-people.ts'
import { ConversationAvatar } from '../../ui/conversation-avatar.tsx'
import { Icon, type IconName } from '../../ui/icon.tsx'
import { Preview } from './preview.tsx'
import { moveFocus } from './row-focus.ts'

export function ConversationRow({ summary }: { summary: ConversationSummary }) {
  const { conversation, unread, mentions, lastMessage } = summary
  const me = useMe()
  const nowMs = useNow()
  const muted = conversation.me?.muted ?? false
  const marked = unread === 0 && (conversation.me?.markedUnread ?? false)
  const loud = marked || (unread > 0 && !muted)
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
            {muted && <Mark icon="muted" name="Muted" />}
            {conversation.me?.pinned && <Mark icon="pin" name="Pinned" />}
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
          {mentions > 0 && <MentionsBadge mentions={mentions} />}
          {unread > 0 && <UnreadBadge unread={unread} muted={muted} />}
          {marked && <MarkedBadge />}
        </span>
      </span>
    </Link>
  )
}

function Mark({ icon, name }: { icon: IconName; name: string }) {
  return (
    <span role="img" aria-label={name} title={name} className="shrink-0 text-ink-faint">
      <Icon name={icon} className="size-3.5" />
    </span>
  )
}

/** That one was addressed stands out, in a muted conversation too. */
function MentionsBadge({ mentions }: { mentions: number }) {
  const words = mentions === 1 ? '1 mention of you' : `${mentions} mentions of you`
  return (
    <span
      data-mentions
      title={words}
      className="grid h-5 min-w-5 shrink-0 place-items-center rounded-full bg-notice-soft px-1 font-bold text-micro text-notice"
    >
      <span aria-hidden="true">@{mentions > 1 ? mentions : ''}</span>
      <span className="sr-only">{words}</span>
    </span>
  )
}

/** Nothing is unread: one wanted to come back to it. */
function MarkedBadge() {
  return (
    <span
      role="img"
      aria-label="Marked as unread"
      title="Marked as unread"
      className="size-3 shrink-0 rounded-full bg-accent"
    />
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
