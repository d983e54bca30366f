import './app/strict-policy.ts'
import './styles.css'
import { type ReactNode, StrictMode } from 'react'
import { createRoot, hydrateRoot, type Root } from 'react-dom/client'
import { PublicPage } from './screens/sign-in/public-page.tsx'
import { isSignedIn } from './session/accounts.ts'
import { arrive } from './session/arrival.ts'
import { isSessionKept, keepSession, noteArrival } from './session/kept.ts'

/*
 *  start -- a session is noted --> chat          (the public page isn't painted at all)
 *        -- none --> public page -- signed in, or the cookie turns out to be good --> chat
 *  chat  -- signed out, here or elsewhere --> public page, loaded afresh (leave.ts)
 */
const arrival = arrive()
const isPlain =
  arrival.error === undefined &&
  arrival.resetToken === undefined &&
  !arrival.isInvited &&
  !arrival.asksSecondFactor
let publicRoot: Root | undefined

function showPublicPage() {
  publicRoot ??= rootOf(
    element('public'),
    <StrictMode>
      <PublicPage
        arrival={arrival}
        onReset={() => history.replaceState(null, '', '/')}
        onSignedIn={() => {
          noteArrival()
          void openChat()
        }}
      />
    </StrictMode>,
  )
}

/** What the build has drawn is taken over, unless the address asks for something else. */
function rootOf(page: HTMLElement, content: ReactNode): Root {
  if (isPlain) return hydrateRoot(page, content)
  const root = createRoot(page)
  root.render(content)
  return root
}

async function openChat() {
  // The larger part of the client is loaded only for who is signed in.
  const { mountChat } = await import('./app/mount-chat.tsx')
  keepSession(true)
  publicRoot?.unmount()
  publicRoot = undefined
  mountChat(element('app'), arrival)
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`index.html has no #${id}`)
  return found
}

if (arrival.resetToken !== undefined) {
  // Signed in or not: who forgot a password may be so elsewhere.
  showPublicPage()
} else if (isSessionKept()) {
  void openChat()
} else {
  keepSession(false)
  showPublicPage()
  void isSignedIn().then(
    (signedIn) => (signedIn ? openChat() : undefined),
    // Unreachable: the page stays as it is, and says so when a code is asked for.
    () => undefined,
  )
}
