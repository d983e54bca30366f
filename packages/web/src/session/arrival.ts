/** What the address that one came by says, besides where to go. */
export interface Arrival {
  /** Why the last step failed, in words: providers and links in mails lead back with `?error=`. */
  error: string | undefined
  /** The secret of a mail's link to choose a new password. */
  resetToken: string | undefined
  /** One came by an invitation's link. */
  isInvited: boolean
  /** A provider led back, and the code of the second factor is still to come. */
  asksSecondFactor: boolean
}

export const resetPath = '/reset-password'
export const joinPath = '/join'

/** Reads the address and takes what is secret or said once out of it: neither stays in the history. */
export function arrive(): Arrival {
  const { pathname, hash, search } = location
  const said = new URLSearchParams(search)
  const code = said.get('error')
  const asksSecondFactor = said.has('second-factor')
  if (pathname === joinPath && hash.length > 1) keepInvitation(hash.slice(1))
  const resetToken =
    pathname === resetPath ? (new URLSearchParams(hash.slice(1)).get('token') ?? '') : undefined
  if (code !== null || asksSecondFactor) history.replaceState(null, '', pathname)
  else if (pathname === joinPath) history.replaceState(null, '', joinPath)
  return {
    error: code === null ? undefined : (errorWords[code] ?? 'That didn’t work. Please try again.'),
    resetToken,
    isInvited: keptInvitation() !== undefined,
    asksSecondFactor,
  }
}

const errorWords: Record<string, string> = {
  TOKEN_EXPIRED: 'That link has expired. Sign in with your password, and a new one is mailed.',
  INVALID_TOKEN: 'That link is no longer good. Sign in with your password, and a new one is mailed.',
  LINK_OUTDATED:
    'Somebody signed up with your address and another password since that link was mailed. If it was you, follow the link in the newest mail. If not, sign up once more, and follow the link that comes then.',
  SIGN_UP_CLOSED: 'Not everybody may make an account here. Ask an administrator for an invitation.',
  email_not_verified: 'That service hasn’t confirmed your address, so it can’t sign you in here.',
  account_not_linked:
    'There is an account with your address, which isn’t confirmed yet. Sign in to it by a code or its mail first.',
  ACCOUNT_SUSPENDED: 'This account is suspended. An administrator can let you in again.',
  access_denied: 'You were not signed in: the other service was told not to.',
}

const invitationKey = 'confab.invitation'

/** Kept for this tab until it is used: signing in may lead to another page and back. */
export function keptInvitation(): string | undefined {
  try {
    return sessionStorage.getItem(invitationKey) ?? undefined
  } catch {
    return undefined
  }
}

function keepInvitation(token: string): void {
  try {
    sessionStorage.setItem(invitationKey, token)
  } catch {
    document.documentElement.dataset.storage = 'none'
  }
}

export function dropInvitation(): void {
  try {
    sessionStorage.removeItem(invitationKey)
  } catch {
    document.documentElement.dataset.storage = 'none'
  }
}
