import type { Chat } from '@confab/client/chat'
import { watchForNewVersion } from './new-version.ts'

/**
 * Has the browser keep the program itself, so that a page loads without the server: see service-worker.ts.
 * Only once the chat is there, which would wait for its lines otherwise. Where a browser doesn't do it
 * (a private window, no TLS) the chat works as well, while the server does.
 */
export function keepOffline({ ready, status }: Pick<Chat, 'ready' | 'status'>): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  const { serviceWorker } = navigator
  watchForNewVersion(navigator)
  let isAsked = false
  const ask = () => {
    if (isAsked || !ready.get()) return
    isAsked = true
    // A browser that refuses (a full disk, switched off by policy) leaves the page as it is without one.
    serviceWorker.register('/sw.js').catch(() => undefined)
  }
  ready.subscribe(ask)
  ask()

  // A server that was away may have come back with a new build.
  let wasAway = false
  status.subscribe(() => {
    const { status: now } = status.get()
    if (now === 'waiting') wasAway = true
    if (now !== 'online' || !wasAway) return
    wasAway = false
    // An update that fails leaves the worker that is there, and the browser looks again by itself.
    void serviceWorker
      .getRegistration()
      .then((registration) => registration?.update())
      .catch(() => undefined)
  })
}
