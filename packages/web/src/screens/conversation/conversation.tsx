import type { ConversationHandle } from '@confab/client/chat'
import type { Conversation as Info } from '@confab/protocol/conversation'
import { mayIn } from '@confab/protocol/permissions'
import { useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { Nothing } from '../../app/nothing.tsx'
import { useChat } from '../../state/chat-context.ts'
import { otherOf } from '../../state/titles.ts'
import { useMe } from '../../state/use-people.ts'
import { useValue } from '../../state/use-value.ts'
import { AdminsWriteNote } from './admins-write-note.tsx'
import { Announcer } from './announcer.tsx'
import { BlockedNote } from './blocked-note.tsx'
import { Composer } from './composer.tsx'
import { ConversationHeader } from './conversation-header.tsx'
import { type Asked, rowOf, type Writing } from './message-actions.ts'
import { Timeline } from './timeline.tsx'
import { TypingLine } from './typing-line.tsx'
import { useClearedMark } from './use-cleared-mark.ts'
import { useRowActions } from './use-row-actions.ts'
import { useTimelineView } from './use-timeline-view.ts'

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

interface OpenProps {
  id: string
  /** The seq of the message that the address leads to. */
  linked: number | undefined
}

function OpenConversation({ id, linked }: OpenProps) {
  const chat = useChat()
  const ready = useValue(chat.ready)
  const handle = chat.conversation(id)
  const info = useValue(handle.info)
  useEffect(() => handle.open(), [handle])
  if (info) return <KnownConversation handle={handle} info={info} linked={linked} />
  return ready ? <Nothing /> : <p className="m-auto text-ink-faint">Loading…</p>
}

interface KnownProps extends Pick<OpenProps, 'linked'> {
  handle: ConversationHandle
  info: Info
}

function KnownConversation({ handle, info, linked }: KnownProps) {
  const ready = useValue(useChat().ready)
  const me = useMe()
  const other = otherOf(info, me?.id)
  const blocked = other && me?.blocks.includes(other.id) ? other : undefined
  const [panel, setPanel] = useState<{ is: Panel; open: boolean }>()
  const [asked, setAsked] = useState<Asked>()
  const [writing, setWriting] = useState<Writing>({ is: 'new' })
  const { view, jumpTo, toLatest } = useTimelineView(handle)
  const actions = useRowActions(handle, { setAsked, setWriting, jumpTo })
  useClearedMark(handle)
  useEffect(() => {
    if (ready && linked !== undefined) jumpTo(linked)
  }, [ready, linked, jumpTo])
  useEffect(() => {
    if (!asked) return
    return () => {
      // Once the menu is gone: unless what it led to has the focus, the message has it again.
      requestAnimationFrame(() => {
        if (document.activeElement === document.body) rowOf(asked.message.seq)?.focus({ preventScroll: true })
      })
    }
  }, [asked])

  const stayOpen = (is: Panel) => (open: boolean) => setPanel({ is, open })
  return (
    <>
      <ConversationHeader info={info} onPanel={(is) => setPanel({ is, open: true })} />
      <Timeline
        key={view.key}
        handle={handle}
        info={info}
        actions={actions}
        view={view}
        onLatest={toLatest}
      />
      <TypingLine handle={handle} />
      {blocked && <BlockedNote user={blocked} />}
      {!blocked && !mayIn('message.send', info) && <AdminsWriteNote />}
      {!blocked && mayIn('message.send', info) && (
        <Composer
          handle={handle}
          writing={writing}
          onWriting={setWriting}
          onSent={() => view.source.timeline.get().hasLater && toLatest()}
        />
      )}
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
          <PinsPanel handle={handle} open={panel.open} onOpenChange={stayOpen('pins')} onJump={jumpTo} />
        )}
      </Suspense>
    </>
  )
}
