import { useParams } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { Nothing } from '../../app/nothing.tsx'
import { useChat } from '../../state/chat-context.ts'
import { useValue } from '../../state/use-value.ts'
import { Announcer } from './announcer.tsx'
import { Composer } from './composer.tsx'
import { ConversationHeader } from './conversation-header.tsx'
import { Timeline } from './timeline.tsx'
import { TypingLine } from './typing-line.tsx'

// Loaded when it is first opened: it brings the dialogs' library, a tenth of the chat's weight.
const MembersPanel = lazy(async () => ({ default: (await import('./members-panel.tsx')).MembersPanel }))

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
  const [panel, setPanel] = useState<'unasked' | 'open' | 'closed'>('unasked')
  useEffect(() => handle.open(), [handle])

  if (!info) return ready ? <Nothing /> : <p className="m-auto text-ink-faint">Loading…</p>
  return (
    <>
      <ConversationHeader info={info} onMembers={() => setPanel('open')} />
      <Timeline handle={handle} info={info} />
      <TypingLine handle={handle} />
      <Composer handle={handle} />
      <Announcer handle={handle} />
      {panel !== 'unasked' && (
        <Suspense>
          <MembersPanel
            handle={handle}
            info={info}
            open={panel === 'open'}
            onOpenChange={(open) => setPanel(open ? 'open' : 'closed')}
          />
        </Suspense>
      )}
    </>
  )
}
