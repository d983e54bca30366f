import { connect } from '@confab/client/connect'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { keepOffline } from '../offline/keep-offline.ts'
import type { Arrival } from '../session/arrival.ts'
import { keepUserId, keptUserId } from '../session/kept.ts'
import { leave } from '../session/leave.ts'
import { isSessionChanging } from '../session/new-session.ts'
import { ChatContext } from '../state/chat-context.ts'
import { showToast } from '../state/toasts.ts'
import { router } from './router.tsx'

/** Connects by the cookie and shows the chat, until the session is over. */
export function mountChat(element: HTMLElement, { error }: Pick<Arrival, 'error'>): void {
  if (error !== undefined) showToast(error)
  const chat = connect({ url: location.origin, userId: keptUserId() })
  chat.me.subscribe(() => {
    const me = chat.me.get()
    if (me) keepUserId(me.id)
  })
  chat.status.subscribe(() => {
    const isOver = chat.status.get().status === 'signed-out' && !isSessionChanging()
    if (isOver) void chat.forget().then(leave)
  })
  keepOffline(chat)
  createRoot(element).render(
    <StrictMode>
      <ChatContext value={chat}>
        <RouterProvider router={router} />
      </ChatContext>
    </StrictMode>,
  )
}
