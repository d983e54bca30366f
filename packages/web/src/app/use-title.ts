import { useEffect } from 'react'
import { useChat } from '../state/chat-context.ts'
import { useValue } from '../state/use-value.ts'

/** The unread count in the tab's title, muted conversations left out. */
export function useTitle(): void {
  const conversations = useValue(useChat().conversations)
  const unread = conversations.reduce(
    (sum, { conversation, unread: own }) => sum + (conversation.me?.muted ? 0 : own),
    0,
  )
  useEffect(() => {
    document.title = unread > 0 ? `(${unread > 99 ? '99+' : unread}) Confab` : 'Confab'
  }, [unread])
}
