import type { Message } from '@confab/protocol/message'
import { useState } from 'react'
import { useChat } from '../../state/chat-context.ts'
import { titleOf } from '../../state/titles.ts'
import { useMe } from '../../state/use-people.ts'
import { useValue } from '../../state/use-value.ts'
import { ConversationAvatar } from '../../ui/conversation-avatar.tsx'
import { Modal } from '../../ui/modal.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { QuotedText } from './quote.tsx'

interface ForwardChoiceProps {
  message: Message
  onPick: (conversationId: string) => void
  onClose: () => void
}

/** Where to: any of one's conversations, found by name. */
export function ForwardChoice({ message, onPick, onClose }: ForwardChoiceProps) {
  const chat = useChat()
  const me = useMe()
  const [query, setQuery] = useState('')
  const wanted = query.trim().toLocaleLowerCase()
  const found = useValue(chat.conversations).filter(({ conversation }) =>
    titleOf(conversation, me?.id).toLocaleLowerCase().includes(wanted),
  )
  return (
    <Modal title="Forward to…" onClose={onClose}>
      <div className="grid gap-3 px-5 pt-1 pb-2">
        <blockquote className="min-w-0 border-accent border-s-2 ps-2.5 text-ink-soft text-small">
          <QuotedText target={message} />
        </blockquote>
        <SearchField
          label="Find a conversation"
          placeholder="Find a conversation"
          query={query}
          onQuery={setQuery}
          onKeyDown={(event) => {
            const [first] = found
            if (event.key !== 'Enter' || !first) return
            event.preventDefault()
            onPick(first.conversation.id)
          }}
        />
      </div>
      <ul aria-label="Conversations" className="min-h-40 grow overflow-y-auto px-3 pb-3">
        {found.map(({ conversation, other }) => (
          <li key={conversation.id}>
            <button
              type="button"
              onClick={() => onPick(conversation.id)}
              className="flex w-full items-center gap-3 rounded-medium px-2.5 py-2 text-start hover:bg-hover focus-visible:outline-offset-[-2px]"
            >
              <ConversationAvatar conversation={conversation} other={other} size="small" />
              <bdi className="truncate font-semibold">{titleOf(conversation, me?.id)}</bdi>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p role="status" className="px-5 pb-8 text-center text-ink-faint text-small">
          None of your conversations is called “{query.trim()}”.
        </p>
      )}
    </Modal>
  )
}
