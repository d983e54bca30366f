import { useMemo } from 'react'
import { useChat } from '../../state/chat-context.ts'
import { titleOf } from '../../state/titles.ts'
import { useMe } from '../../state/use-people.ts'
import { useValue } from '../../state/use-value.ts'
import { ShortId } from './short-id.tsx'

/** Who administers learns the names of their own conversations alone: another, and one that is gone, has its id. */
export function ConversationName({ id }: { id: string }) {
  const chat = useChat()
  const me = useMe()
  const info = useValue(useMemo(() => chat.conversation(id).info, [chat, id]))
  if (info) return <bdi className="font-semibold">{titleOf(info, me?.id)}</bdi>
  return (
    <>
      conversation <ShortId id={id} />
    </>
  )
}
