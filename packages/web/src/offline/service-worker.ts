import type { Build } from './worker-scope.ts'

declare const build: Build

/*
 * Brings the app itself where the server can't be reached; what people wrote is kept by the SDK, not here.
 *
 *  install   each file of the build, checked by its hash, goes into a cache of this build's own
 *  activate  at once: a new build doesn't wait for the last tab of the old one
 *  a page    the server's, if it answers in time, else the newest build's
 *  /assets/  out of whichever build holds it, else the server's
 *  the rest  is the server's alone, all of the API: nothing of it is ever kept
 *
 * An open page stays what it was loaded as: the chunks that it has yet to load lie in its own build's cache,
 * though the server has them no more.
 */
const prefix = 'confab build '

/** So many builds back a page may still load its own chunks. A build takes about 1 MB. */
const buildsMax = 3

/** A server that takes longer is as good as none. */
const patienceMs = 4_000

addEventListener('install', (event) => event.waitUntil(install().then(() => skipWaiting())))
addEventListener('activate', (event) => event.waitUntil(dropOldBuilds().then(() => clients.claim())))
addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return
  if (pathname.startsWith('/assets/')) event.respondWith(asset(request, pathname))
  else if (request.mode === 'navigate' && !isServersOwn(pathname)) event.respondWith(page(request))
})

async function install(): Promise<void> {
  // By the time, so that a build which comes back after another one is the newest again.
  const name = `${prefix}${String(Date.now()).padStart(16, '0')}`
  const cache = await caches.open(name)
  const keep = async ({ path, integrity }: Build['files'][number]) => {
    // A name with a hash names the same content in every build. The index page is asked for anew, and one
    // that belongs to another build than this worker is refused.
    const known = path === '/' ? undefined : await keptFile(path)
    const answer = known ?? (await fetch(path, { integrity, cache: 'no-cache' }))
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
    await cache.put(path, answer)
  }
  try {
    await Promise.all(build.files.map(keep))
  } catch (cause) {
    await caches.delete(name)
    throw cause
  }
}

async function dropOldBuilds(): Promise<void> {
  const old = (await buildNames()).slice(buildsMax)
  await Promise.all(old.map((name) => caches.delete(name)))
}

async function asset(request: Request, path: string): Promise<Response> {
  return (await keptFile(path)) ?? fetch(request)
}

async function page(request: Request): Promise<Response> {
  const answered = fetch(request)
  const inTime = await Promise.race([answered, after(patienceMs)]).catch(() => undefined)
  if (inTime && inTime.status < 500) return inTime
  return (await newestPage()) ?? answered
}

async function newestPage(): Promise<Response | undefined> {
  for (const name of await buildNames()) {
    const kept = await (await caches.open(name)).match('/', { ignoreVary: true })
    if (kept) return kept
  }
  return undefined
}

/** The server varies a file by its compression alone, which is over once it lies here. */
const keptFile = (path: string): Promise<Response | undefined> => caches.match(path, { ignoreVary: true })

/** The newest first. */
async function buildNames(): Promise<string[]> {
  const names = await caches.keys()
  return names
    .filter((name) => name.startsWith(prefix))
    .sort()
    .reverse()
}

/** Pages of the server that are no part of the app, and must not be mistaken for one of it. */
const isServersOwn = (path: string): boolean =>
  /^\/(api|dev)\//.test(path) || /^\/(docs|healthz|readyz|metrics)$/.test(path) || /\.[^/]*$/.test(path)

const after = (ms: number): Promise<undefined> =>
  new Promise((resolve) => setTimeout(() => resolve(undefined), ms))
