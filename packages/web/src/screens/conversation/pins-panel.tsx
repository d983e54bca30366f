import type { ConversationHandle } from '@confab/client/chat'
import { useCallback, useEffect, useRef } from 'react'
import { useChat } from '../../state/chat-context.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ListRest } from '../../ui/list-rest.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { useList } from '../../ui/use-list.ts'
import { PinnedMessage } from './pinned-message.tsx'

interface PinsPanelProps {
  handle: ConversationHandle
  open: boolean
  onOpenChange: (open: boolean) => void
  onJump: (seq: number) => void
}

export function PinsPanel({ handle, open, onOpenChange, onJump }: PinsPanelProps) {
  const wanted = useRef<number>(undefined)
  useEffect(() => {
    if (open) wanted.current = undefined
  }, [open])
  return (
    <Sheet
      title="Pinned messages"
      open={open}
      onOpenChange={onOpenChange}
      // A message that is gone to has the focus, and can't before the panel has let go of it.
      givesBackFocus={() => wanted.current === undefined}
      onClosed={() => {
        if (wanted.current !== undefined) onJump(wanted.current)
      }}
    >
      <Pins
        handle={handle}
        onJump={(seq) => {
          wanted.current = seq
          onOpenChange(false)
        }}
      />
    </Sheet>
  )
}

function Pins({ handle, onJump }: Pick<PinsPanelProps, 'handle' | 'onJump'>) {
  const list = usePins(handle)
  if (list.items?.length === 0) {
    return (
      <EmptyState
        icon="pin"
        title="Nothing is pinned"
        text="Pin what everybody should find again, from the menu of its message."
      />
    )
  }
  return (
    <div className="p-3">
      <ul aria-label="Pinned messages" className="grid gap-2 empty:hidden">
        {list.items?.map((message) => (
          <li key={message.seq}>
            <PinnedMessage handle={handle} message={message} onJump={onJump} />
          </li>
        ))}
      </ul>
      <ListRest list={list} />
    </div>
  )
}

/** The pins as the server has them, asked for again whenever one may have changed. */
function usePins(handle: ConversationHandle) {
  const chat = useChat()
  const list = useList(useCallback(() => handle.pins(), [handle]))
  const { reload } = list
  useEffect(
    () =>
      chat.on('event', ({ conversationId, type }) => {
        if (conversationId === handle.id && changesPins.has(type)) reload()
      }),
    [chat, handle, reload],
  )
  return list
}

const changesPins = new Set(['message.pinned', 'message.unpinned', 'message.edited', 'message.deleted'])
