import type { Chat } from '@confab/client/chat'
import { createContext, useContext } from 'react'

export const ChatContext = createContext<Chat | undefined>(undefined)

export function useChat(): Chat {
  const chat = useContext(ChatContext)
  if (!chat) throw new Error('useChat: outside of ChatContext')
  return chat
}
