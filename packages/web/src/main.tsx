import './styles.css'
import { StrictMode } from 'react'
import { hydrateRoot, type Root } from 'react-dom/client'
import { PublicPage } from './screens/sign-in/public-page.tsx'
import { isSignedIn } from './session/accounts.ts'
import { isSessionKept, keepSession, noteArrival } from './session/kept.ts'

/*
 *  start -- a session is noted --> chat          (the public page isn't painted at all)
 *        -- none --> public page -- signed in, or the cookie turns out to be good --> chat
 *  chat  -- signed out, here or elsewhere --> public page, loaded afresh (leave.ts)
 */
let publicRoot: Root | undefined

function showPublicPage() {
  keepSession(false)
  const page = element('public')
  publicRoot ??= hydrateRoot(
    page,
    <StrictMode>
      <PublicPage
        onSignedIn={() => {
          noteArrival()
          void openChat()
        }}
      />
    </StrictMode>,
  )
}

async function openChat() {
  // The larger part of the client is loaded only for who is signed in.
  const { mountChat } = await import('./app/mount-chat.tsx')
  keepSession(true)
  publicRoot?.unmount()
  publicRoot = undefined
  mountChat(element('app'))
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`index.html has no #${id}`)
  return found
}

if (isSessionKept()) {
  void openChat()
} else {
  showPublicPage()
  void isSignedIn().then(
    (signedIn) => (signedIn ? openChat() : undefined),
    // Unreachable: the page stays as it is, and says so when a code is asked for.
    () => undefined,
  )
}
