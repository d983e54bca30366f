import type { ConversationSummary } from '@confab/client/chat'
import type { Message } from '@confab/protocol/message'
import { useMe, useUser } from '../../state/use-people.ts'
import { onOneLine } from '../../ui/one-line.ts'

/** One line under the title: who types, else the last message. */
export function Preview({ summary }: { summary: ConversationSummary }) {
  const { conversation, lastMessage, typing, unread } = summary
  const look = `block min-w-0 grow truncate text-small ${unread > 0 ? 'text-ink' : 'text-ink-soft'}`
  const [typist] = typing
  if (typist) {
    return (
      <span className="block min-w-0 grow truncate font-medium text-accent text-small">
        {conversation.kind === 'direct' ? 'Typing…' : <TypingName userId={typist} />}
      </span>
    )
  }
  if (!lastMessage) return <span className={look}>{conversation.topic || 'No messages yet'}</span>
  return (
    <span className={look}>
      <Author message={lastMessage} direct={conversation.kind === 'direct'} />
      <bdi>{lastMessage.deletedAt ? 'Message deleted' : onOneLine(lastMessage.text)}</bdi>
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
