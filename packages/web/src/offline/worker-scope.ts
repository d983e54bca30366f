/** What the build puts before the service worker's own text: see service-worker.config.ts. */
export interface Build {
  /** Every file of it, the index page as `/`. */
  files: { path: string; integrity: string }[]
}

// A service worker's surroundings, of which the library for pages knows nothing.
declare global {
  interface ExtendableEvent extends Event {
    waitUntil(work: Promise<unknown>): void
  }
  interface EventMap {
    install: ExtendableEvent
    activate: ExtendableEvent
  }
  const clients: { claim(): Promise<void> }
  const skipWaiting: () => Promise<void>
}
