import type { Chat } from '@confab/client/chat'
import { connect } from '@confab/client/connect'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { keepOffline } from '../offline/keep-offline.ts'
import type { Arrival } from '../session/arrival.ts'
import { type HeldBack, heldBackBy, onHeldBack } from '../session/call.ts'
import { keepUserId, keptUserId } from '../session/kept.ts'
import { leave } from '../session/leave.ts'
import { isSessionChanging } from '../session/new-session.ts'
import { ChatContext } from '../state/chat-context.ts'
import { showToast } from '../state/toasts.ts'
import { router } from './router.tsx'

// Asked once, if ever.
const AskFirst = lazy(async () => ({ default: (await import('./ask-first.tsx')).AskFirst }))

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
    const wanted = whyStopped(chat)
    if (wanted) askFirst(wanted)
  })
  // A socket that was open before may stay, and tells nothing.
  onHeldBack(askFirst)
  keepOffline(chat)
  const root = createRoot(element)
  function askFirst(wanted: HeldBack) {
    const goOn = () => location.reload()
    const signOut = () => chat.signOut().then(leave)
    root.render(
      <StrictMode>
        <Suspense>
          {/* Whose socket stays may go on: it is an administrator, who must have what they ask of others. */}
          <AskFirst
            wanted={wanted}
            onDone={goOn}
            onBack={whyStopped(chat) ? undefined : goOn}
            onSignOut={signOut}
          />
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

/** What the server wants done first, where it has closed for that. */
function whyStopped(chat: Chat): HeldBack | undefined {
  const now = chat.status.get()
  return now.status === 'stopped' ? heldBackBy(now.reason) : undefined
}
