import type { ConversationHandle } from '@confab/client/chat'
import { useEffect, useState } from 'react'
import { useChat } from '../../state/chat-context.ts'

/**
 * Reads new messages of others aloud, in the open conversation only. Its own region: the list itself
 * would also announce what scrolling brings into view.
 */
export function Announcer({ handle }: { handle: ConversationHandle }) {
  const chat = useChat()
  const [said, setSaid] = useState('')
  useEffect(
    () =>
      chat.on('message', ({ message, conversation }) => {
        if (conversation.id !== handle.id) return
        const isCovered =
          chat.me.get()?.blocks.includes(message.senderId) && conversation.info.get()?.kind !== 'direct'
        if (isCovered) return
        const sender = handle.members.get().find(({ user }) => user.id === message.senderId)
        setSaid(`${sender?.user.name ?? 'Somebody'}: ${message.text.slice(0, announcedChars).toWellFormed()}`)
      }),
    [chat, handle],
  )
  return (
    <p aria-live="polite" className="sr-only">
      {said}
    </p>
  )
}

/** A long message is named, not recited. */
const announcedChars = 200
