import './strict-policy.ts'
import { connect } from '@confab/client/connect'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ChatContext } from '../state/chat-context.ts'
import { forgetDrafts } from '../state/use-draft.ts'
import { router } from './router.tsx'

/** Connects by the cookie and shows the chat, until the session is over. */
export function mountChat(element: HTMLElement, { onSignedOut }: { onSignedOut: () => void }): void {
  const chat = connect({ url: location.origin })
  const root = createRoot(element)
  const release = chat.status.subscribe(() => {
    const { status } = chat.status.get()
    if (status !== 'signed-out') return
    release()
    root.unmount()
    forgetDrafts()
    void chat.close().finally(onSignedOut)
  })
  root.render(
    <StrictMode>
      <ChatContext value={chat}>
        <RouterProvider router={router} />
      </ChatContext>
    </StrictMode>,
  )
}
