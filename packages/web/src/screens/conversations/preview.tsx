import type { ConversationSummary } from '@confab/client/chat'
import type { PendingItem } from '@confab/client/timeline'
import type { Message } from '@confab/protocol/message'
import { useParams } from '@tanstack/react-router'
import { coveredWords } from '../../state/blocked-words.ts'
import { useChat } from '../../state/chat-context.ts'
import { useIsBlocked, useMe, useUser } from '../../state/use-people.ts'
import { useValue } from '../../state/use-value.ts'
import { Icon } from '../../ui/icon.tsx'
import { onOneLine } from '../../ui/one-line.ts'

/**
 * One line under the title: who types, else one's draft, else what waits to be sent, else the last message.
 */
export function Preview({ summary }: { summary: ConversationSummary }) {
  const { conversation, lastMessage, typing, unread } = summary
  const handle = useChat().conversation(conversation.id)
  const draft = useValue(handle.draft)
  const pending = pendingOf(useValue(handle.timeline).items.at(-1))
  const covered = useIsBlocked(lastMessage?.senderId ?? '') && conversation.kind !== 'direct'
  // Of the open conversation it stands in the composer.
  const { conversationId: openId } = useParams({ strict: false })
  const look = `block min-w-0 grow truncate text-small ${unread > 0 ? 'text-ink' : 'text-ink-soft'}`
  const [typist] = typing
  if (typist) {
    return (
      <span className="block min-w-0 grow truncate font-medium text-accent text-small">
        {conversation.kind === 'direct' ? 'Typing…' : <TypingName userId={typist} />}
      </span>
    )
  }
  if (draft.trim() !== '' && openId !== conversation.id) {
    return (
      <span className={look} data-draft>
        <span className="font-semibold text-danger">Draft:</span> <bdi>{onOneLine(draft)}</bdi>
      </span>
    )
  }
  if (pending) {
    return (
      <span className={look} data-pending={pending.status}>
        <PendingMark status={pending.status} /> You: <bdi>{onOneLine(pending.text)}</bdi>
      </span>
    )
  }
  if (!lastMessage) return <span className={look}>{conversation.topic || 'No messages yet'}</span>
  if (covered && !lastMessage.deletedAt) return <span className={look}>{coveredWords}</span>
  const important = lastMessage.priority === 'high' && unread > 0 && !lastMessage.deletedAt
  return (
    <span className={look}>
      {important && <Mark icon="important" name="Important" />}
      <Author message={lastMessage} direct={conversation.kind === 'direct'} />
      <bdi>{lastMessage.deletedAt ? 'Message deleted' : onOneLine(lastMessage.text)}</bdi>
    </span>
  )
}

const pendingOf = (item: { status: string } | PendingItem | undefined): PendingItem | undefined =>
  item && 'clientId' in item ? item : undefined

function PendingMark({ status }: Pick<PendingItem, 'status'>) {
  return status === 'failed' ? (
    <Mark icon="alert" name="Not sent" />
  ) : (
    <Mark icon="clock" name="Waiting" calm />
  )
}

function Mark({
  icon,
  name,
  calm = false,
}: {
  icon: 'important' | 'alert' | 'clock'
  name: string
  calm?: boolean
}) {
  return (
    <span
      role="img"
      aria-label={name}
      title={name}
      className={`me-1 inline-block align-[-0.15em] ${calm ? 'text-ink-faint' : 'text-danger'}`}
    >
      <Icon name={icon} className="size-3.5" />
    </span>
  )
}

function TypingName({ userId }: { userId: string }) {
  const user = useUser(userId)
  return <>{user?.name ?? 'Somebody'} is typing…</>
}

function Author({ message, direct }: { message: Message; direct: boolean }) {
  const me = useMe()
  const sender = useUser(message.senderId)
  if (message.senderId === me?.id) return <>You: </>
  return direct || !sender ? null : <bdi>{sender.name}: </bdi>
}
