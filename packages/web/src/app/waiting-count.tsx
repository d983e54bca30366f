import { useMemo } from 'react'
import { useChat } from '../state/chat-context.ts'
import { useValue } from '../state/use-value.ts'
import { useValues } from '../state/use-values.ts'

/** How many messages wait for the connection, in all conversations and from all tabs of this browser. */
export function WaitingCount() {
  const chat = useChat()
  const conversations = useValue(chat.conversations)
  const timelines = useMemo(
    () => conversations.map(({ conversation }) => chat.conversation(conversation.id).timeline),
    [chat, conversations],
  )
  const waiting = useValues(timelines).reduce(
    (sum, { items }) => sum + items.filter(({ status }) => status === 'sending').length,
    0,
  )
  if (waiting === 0) return <>What you write is kept and sent later.</>
  return <>{waiting === 1 ? '1 message waits' : `${waiting} messages wait`} to be sent.</>
}
