import './app/strict-policy.ts'
import './styles.css'
import { type ReactNode, StrictMode } from 'react'
import { createRoot, hydrateRoot, type Root } from 'react-dom/client'
import { PublicPage } from './screens/sign-in/public-page.tsx'
import { isSignedIn, needsName, ownProfile } from './session/accounts.ts'
import { arrive } from './session/arrival.ts'
import { isSessionKept, keepSession, keepUnnamed, noteArrival, unnamedSince } from './session/kept.ts'

/*
 *  start -- a session is noted --> chat          (the public page isn't painted at all)
 *        -- noted, but who it is had no name yet --> public page, at its last step --> chat
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

function showPublicPage({ asksName = false } = {}) {
  publicRoot ??= rootOf(
    element('public'),
    isPlain && !asksName,
    <StrictMode>
      <PublicPage
        arrival={arrival}
        asksName={asksName}
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
function rootOf(page: HTMLElement, isAsBuilt: boolean, content: ReactNode): Root {
  if (isAsBuilt) return hydrateRoot(page, content)
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

/** Of who had something else to do first; as long as that is to be done, the chat leads to it. */
async function askName(sinceMs: number) {
  const own = await ownProfile().catch(() => undefined)
  if (own && needsName(own, sinceMs)) {
    document.documentElement.dataset.session = 'none'
    return showPublicPage({ asksName: true })
  }
  if (own) keepUnnamed(undefined)
  await openChat()
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
  const since = unnamedSince()
  if (since === undefined) void openChat()
  else void askName(since)
} else {
  keepSession(false)
  showPublicPage()
  void isSignedIn().then(
    (signedIn) => (signedIn ? openChat() : undefined),
    // Unreachable: the page stays as it is, and says so when a code is asked for.
    () => undefined,
  )
}
