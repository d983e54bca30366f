import type { ConversationHandle } from '@confab/client/chat'
import { useEffect } from 'react'
import { useChat } from '../../state/chat-context.ts'
import { useValue } from '../../state/use-value.ts'

/** Opening a conversation that was marked as unread takes the mark away, on all of one's devices. */
export function useClearedMark(handle: ConversationHandle): void {
  // What a copy says of it may be old.
  const ready = useValue(useChat().ready)
  useEffect(() => {
    if (!ready || !handle.info.get()?.me?.markedUnread) return
    // Refused or cut off, the mark stands until the conversation is opened again.
    handle.update({ markedUnread: false }).catch(() => undefined)
  }, [handle, ready])
}
