const sessionKey = 'confab.session'
const userKey = 'confab.user'

/**
 * A note that this browser was signed in: the cookie itself can't be read by a script. It only decides
 * what is shown first; whether the session is good the server says.
 */
export function keepSession(kept: boolean): void {
  document.documentElement.dataset.session = kept ? 'kept' : 'none'
  store(sessionKey, kept ? '1' : null)
  if (!kept) store(userKey, null)
}

/** Whose session it is: nobody else's copy may be shown, not even until the server has said who is here. */
export const keptUserId = (): string | undefined => stored(userKey) ?? undefined
export const keepUserId = (id: string): void => store(userKey, id)

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
