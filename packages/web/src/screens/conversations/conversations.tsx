import type { ConversationSummary } from '@confab/client/chat'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { hasJustArrived } from '../../session/kept.ts'
import { useChat } from '../../state/chat-context.ts'
import { titleOf } from '../../state/titles.ts'
import { useMe } from '../../state/use-people.ts'
import { useValue } from '../../state/use-value.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Icon } from '../../ui/icon.tsx'
import { iconButtonLook } from '../../ui/icon-button.tsx'
import { OwnDot } from '../../ui/presence-dot.tsx'
import { ConversationList } from './conversation-list.tsx'
import { ConversationSearch } from './conversation-search.tsx'
import { FailedList, LoadingList, NoConversations, NoMatch } from './list-faces.tsx'

/** The left pane: who I am, search, and all my conversations. */
export function Conversations() {
  const chat = useChat()
  const me = useMe()
  const ready = useValue(chat.ready)
  const status = useValue(chat.status)
  const conversations = useValue(chat.conversations)
  const [query, setQuery] = useState('')
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    // The form that one has just signed in by took the focus with it.
    if (hasJustArrived() && document.activeElement === document.body) heading.current?.focus()
  }, [])

  const wanted = query.trim().toLocaleLowerCase()
  const visible = conversations.filter(({ conversation }) => !conversation.me?.hidden)
  const shown = visible
    .filter(({ conversation }) => titleOf(conversation, me?.id).toLocaleLowerCase().includes(wanted))
    .sort((one, other) => Number(isPinned(other)) - Number(isPinned(one)))

  return (
    <>
      <header className="flex items-center gap-1 px-3 pt-3 pb-1">
        <Link
          to="/profile"
          title="Your profile and status"
          className="rounded-full p-1.5 transition-colors duration-(--duration-quick) hover:bg-hover"
        >
          <span className="relative block">
            <Avatar size="small" seed={me?.id ?? ''} name={me?.name ?? ''} />
            <OwnDot />
          </span>
          <span className="sr-only">Your profile</span>
        </Link>
        <h1
          ref={heading}
          tabIndex={-1}
          className="grow px-1 outline-none font-bold text-title tracking-[-0.01em]"
        >
          Conversations
        </h1>
        <Link to="/channels" aria-label="Browse channels" title="Browse channels" className={iconButtonLook}>
          <Icon name="compass" />
        </Link>
        <Link to="/new" aria-label="New conversation" title="New conversation (n)" className={iconButtonLook}>
          <Icon name="plus" />
        </Link>
      </header>
      <ConversationSearch query={query} onQuery={setQuery} />
      {shown.length > 0 ? (
        <ConversationList summaries={shown} />
      ) : visible.length > 0 ? (
        <NoMatch query={query.trim()} />
      ) : ready ? (
        <NoConversations />
      ) : status.status === 'waiting' ? (
        <FailedList onRetry={() => chat.reconnect()} />
      ) : (
        <LoadingList />
      )}
    </>
  )
}

const isPinned = ({ conversation }: ConversationSummary): boolean => conversation.me?.pinned ?? false
