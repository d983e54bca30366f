/** Whose names the worker gives: see service-worker.ts, a script of its own which imports nothing. */
const prefix = 'confab build '

/**
 * Whether the browser keeps another build of the program than the one that this page was loaded as: a reload
 * brings it. The page itself never reloads: somebody may be writing.
 */
let isNew = false
const listeners = new Set<() => void>()

/** In the form of the SDK's values. */
export const newVersion = {
  get: () => isNew,
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  },
}

/** A worker has taken this page over: the first one, this build's own, or a new build's. */
export function watchForNewVersion({ serviceWorker }: Navigator): void {
  serviceWorker.addEventListener('controllerchange', () => {
    // Where the browser refuses to look, nothing is said; the next load has the new build all the same.
    void isAnotherKept().then(tell, () => undefined)
  })
}

function tell(isAnother: boolean): void {
  if (isAnother === isNew) return
  isNew = isAnother
  for (const listener of listeners) listener()
}

/**
 * The page may have come from the server, newer than the worker that was there: so not the worker is asked.
 */
async function isAnotherKept(): Promise<boolean> {
  const own = document.querySelector('script[type=module]')?.getAttribute('src')
  const newest = (await caches.keys())
    .filter((name) => name.startsWith(prefix))
    .sort()
    .at(-1)
  const page = newest && (await (await caches.open(newest)).match('/', { ignoreVary: true }))
  return Boolean(own && page && !(await page.text()).includes(own))
}
