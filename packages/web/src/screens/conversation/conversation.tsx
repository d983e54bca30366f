import { useParams } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { Nothing } from '../../app/nothing.tsx'
import { useChat } from '../../state/chat-context.ts'
import { useValue } from '../../state/use-value.ts'
import { Announcer } from './announcer.tsx'
import { Composer } from './composer.tsx'
import { ConversationHeader } from './conversation-header.tsx'
import { MembersPanel } from './members-panel.tsx'
import { Timeline } from './timeline.tsx'
import { TypingLine } from './typing-line.tsx'

export function Conversation() {
  const { conversationId } = useParams({ from: '/c/$conversationId' })
  // Each conversation begins afresh: its own draft, scroll position and unread divider.
  return <OpenConversation key={conversationId} id={conversationId} />
}

function OpenConversation({ id }: { id: string }) {
  const chat = useChat()
  const ready = useValue(chat.ready)
  const handle = chat.conversation(id)
  const info = useValue(handle.info)
  const [panelOpen, setPanelOpen] = useState(false)
  useEffect(() => handle.open(), [handle])

  if (!info) return ready ? <Nothing /> : <p className="m-auto text-ink-faint">Loading…</p>
  return (
    <>
      <ConversationHeader info={info} onMembers={() => setPanelOpen(true)} />
      <Timeline handle={handle} info={info} />
      <TypingLine handle={handle} />
      <Composer handle={handle} />
      <Announcer handle={handle} />
      {info.kind !== 'direct' && (
        <MembersPanel handle={handle} info={info} open={panelOpen} onOpenChange={setPanelOpen} />
      )}
    </>
  )
}
