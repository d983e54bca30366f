import { useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { Nothing } from '../../app/nothing.tsx'
import { useChat } from '../../state/chat-context.ts'
import { useValue } from '../../state/use-value.ts'
import { Announcer } from './announcer.tsx'
import { Composer } from './composer.tsx'
import { ConversationHeader } from './conversation-header.tsx'
import { type Asked, rowOf, type Writing } from './message-actions.ts'
import { Timeline } from './timeline.tsx'
import { TypingLine } from './typing-line.tsx'
import type { Jump } from './use-jump.ts'
import { useRowActions } from './use-row-actions.ts'

// Loaded when first opened: they bring the library of dialogs and menus, a tenth of the chat's weight.
const DetailsPanel = lazy(async () => ({ default: (await import('./details-panel.tsx')).DetailsPanel }))
const PinsPanel = lazy(async () => ({ default: (await import('./pins-panel.tsx')).PinsPanel }))
const MessageAsked = lazy(async () => ({ default: (await import('./message-asked.tsx')).MessageAsked }))

export function Conversation() {
  const { conversationId } = useParams({ from: '/c/$conversationId' })
  const { message } = useSearch({ from: '/c/$conversationId' })
  // Each conversation begins afresh: its own draft, scroll position and unread divider.
  return <OpenConversation key={conversationId} id={conversationId} linked={message} />
}

type Panel = 'details' | 'pins'

/** `linked`: the seq of the message that the address leads to. */
function OpenConversation({ id, linked }: { id: string; linked: number | undefined }) {
  const chat = useChat()
  const ready = useValue(chat.ready)
  const handle = chat.conversation(id)
  const info = useValue(handle.info)
  const [panel, setPanel] = useState<{ is: Panel; open: boolean }>()
  const [asked, setAsked] = useState<Asked>()
  const [writing, setWriting] = useState<Writing>({ is: 'new' })
  const [jump, setJump] = useState<Jump>()
  const actions = useRowActions(handle, { setAsked, setWriting, setJump })
  useEffect(() => handle.open(), [handle])
  const known = info !== undefined
  useEffect(() => {
    if (known && ready && linked !== undefined) setJump({ seq: linked })
  }, [known, ready, linked])
  useEffect(() => {
    if (!asked) return
    return () => {
      // Once the menu is gone: unless what it led to has the focus, the message has it again.
      requestAnimationFrame(() => {
        if (document.activeElement === document.body) rowOf(asked.message.seq)?.focus({ preventScroll: true })
      })
    }
  }, [asked])

  if (!info) return ready ? <Nothing /> : <p className="m-auto text-ink-faint">Loading…</p>
  const stayOpen = (is: Panel) => (open: boolean) => setPanel({ is, open })
  return (
    <>
      <ConversationHeader info={info} onPanel={(is) => setPanel({ is, open: true })} />
      <Timeline handle={handle} info={info} actions={actions} jump={jump} />
      <TypingLine handle={handle} />
      <Composer handle={handle} writing={writing} onWriting={setWriting} />
      <Announcer handle={handle} />
      <Suspense>
        {asked && (
          <MessageAsked
            handle={handle}
            info={info}
            asked={asked}
            actions={actions}
            onAsked={setAsked}
            onWriting={setWriting}
          />
        )}
        {panel?.is === 'details' && (
          <DetailsPanel handle={handle} info={info} open={panel.open} onOpenChange={stayOpen('details')} />
        )}
        {panel?.is === 'pins' && (
          <PinsPanel
            handle={handle}
            open={panel.open}
            onOpenChange={stayOpen('pins')}
            onJump={(seq) => setJump({ seq })}
          />
        )}
      </Suspense>
    </>
  )
}
