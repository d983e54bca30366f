import type { Chat } from '@confab/client/chat'
import { connect } from '@confab/client/connect'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { keepOffline } from '../offline/keep-offline.ts'
import type { Arrival } from '../session/arrival.ts'
import { consentNeeded, onConsentNeeded } from '../session/call.ts'
import { keepUserId, keptUserId } from '../session/kept.ts'
import { leave } from '../session/leave.ts'
import { isSessionChanging } from '../session/new-session.ts'
import { ChatContext } from '../state/chat-context.ts'
import { showToast } from '../state/toasts.ts'
import { router } from './router.tsx'

// Asked once, if ever.
const Consent = lazy(async () => ({ default: (await import('../screens/consent/consent.tsx')).Consent }))

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
    if (isAsked(chat)) showConsent()
  })
  // A socket that was open before may stay, and tells nothing.
  onConsentNeeded(showConsent)
  keepOffline(chat)
  const root = createRoot(element)
  function showConsent() {
    root.render(
      <StrictMode>
        <Suspense>
          <Consent onAgreed={() => location.reload()} onSignOut={() => chat.signOut().then(leave)} />
        </Suspense>
      </StrictMode>,
    )
  }
  root.render(
    <StrictMode>
      <ChatContext value={chat}>
        <RouterProvider router={router} />
      </ChatContext>
    </StrictMode>,
  )
}

/** The server lets nobody on who has something to agree to. */
function isAsked(chat: Chat): boolean {
  const now = chat.status.get()
  return now.status === 'stopped' && now.reason === consentNeeded
}
