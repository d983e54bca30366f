const sessionKey = 'confab.session'
const userKey = 'confab.user'
const unnamedKey = 'confab.unnamed'

/**
 * A note that this browser was signed in: the cookie itself can't be read by a script. It only decides
 * what is shown first; whether the session is good the server says.
 */
export function keepSession(kept: boolean): void {
  document.documentElement.dataset.session = kept ? 'kept' : 'none'
  store(sessionKey, kept ? '1' : null)
  if (kept) return
  store(userKey, null)
  keepUnnamed(undefined)
}

/** Whose session it is: nobody else's copy may be shown, not even until the server has said who is here. */
export const keptUserId = (): string | undefined => stored(userKey) ?? undefined
export const keepUserId = (id: string): void => store(userKey, id)

/**
 * When somebody signed in whose name could not be looked at, since a second factor is wanted first:
 * they are asked for it once they have one.
 */
export const keepUnnamed = (sinceMs: number | undefined): void =>
  store(unnamedKey, sinceMs === undefined ? null : String(sinceMs))

export function unnamedSince(): number | undefined {
  const since = stored(unnamedKey)
  return since === null ? undefined : Number(since)
}

export const isSessionKept = (): boolean => document.documentElement.dataset.session === 'kept'

let hasArrived = false

/** Signed in through this very page, whose form had the focus. */
export const hasJustArrived = (): boolean => hasArrived

export function noteArrival(): void {
  hasArrived = true
}

/** Local storage may be forbidden or full: what is lost then is a convenience. */
export function store(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    document.documentElement.dataset.storage = 'none'
  }
}

export function stored(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}
