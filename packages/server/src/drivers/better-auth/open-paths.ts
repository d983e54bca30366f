import type { SignInWay } from '@confab/protocol/account-settings'

/** Where better-auth answers. */
export const authPath = '/api/auth'

/** A path that is open as long as one of its ways is; `always` is about accounts that are signed in. */
type Opened = 'always' | readonly SignInWay[]

/** The routes that are open; what else better-auth brings stays shut until it is wanted. */
const openPaths: Record<string, Opened> = {
  '/email-otp/send-verification-otp': ['code'],
  '/sign-in/email-otp': ['code'],
  '/sign-up/email': ['password'],
  '/sign-in/email': ['password'],
  '/verify-email': ['password'],
  '/send-verification-email': ['password'],
  '/request-password-reset': ['password'],
  '/reset-password': ['password'],
  '/change-password': ['password'],
  '/two-factor/verify-totp': 'always',
  '/two-factor/verify-backup-code': 'always',
  '/two-factor/enable': 'always',
  '/two-factor/disable': 'always',
  '/two-factor/generate-backup-codes': 'always',
  '/passkey/generate-register-options': ['passkey'],
  '/passkey/verify-registration': ['passkey'],
  '/passkey/generate-authenticate-options': ['passkey'],
  '/passkey/verify-authentication': ['passkey'],
  '/passkey/list-user-passkeys': 'always',
  '/passkey/update-passkey': 'always',
  '/passkey/delete-passkey': 'always',
  '/sign-in/social': ['oidc'],
  '/callback/:id': ['oidc'],
  '/link-social': ['oidc'],
  '/list-accounts': 'always',
  '/unlink-account': 'always',
  '/sign-out': 'always',
  '/get-session': 'always',
  '/list-sessions': 'always',
  '/revoke-session': 'always',
  '/revoke-sessions': 'always',
  '/revoke-other-sessions': 'always',
  '/token': 'always',
  '/jwks': 'always',
}

/** All of them, for who holds them against what is described. */
export const openPatterns: readonly string[] = Object.keys(openPaths)

/** A provider's way back is one route, whichever provider it is. */
const patternOf = (path: string): string => path.replace(/^\/callback\/[^/]+$/, '/callback/:id')

export function isOpen(path: string, ways: ReadonlySet<SignInWay>): boolean {
  const opened = openPaths[patternOf(path)]
  return opened === 'always' || opened?.some((way) => ways.has(way)) === true
}

/**
 * The paths at whose end somebody is signed in or was refused.
 * The second factor follows a code or a password.
 */
export const wayOf = (path: string): SignInWay | 'second-factor' | undefined => ways[patternOf(path)]

const ways: Record<string, SignInWay | 'second-factor' | undefined> = {
  '/sign-in/email-otp': 'code',
  '/sign-in/email': 'password',
  '/two-factor/verify-totp': 'second-factor',
  '/two-factor/verify-backup-code': 'second-factor',
  '/passkey/verify-authentication': 'passkey',
  '/callback/:id': 'oidc',
}

/**
 * The paths whose answer must not tell, by its time either, whether an address has an account: it is held
 * back until so long after the question that their work, argon2 included, is done.
 */
export const heldBackPaths: ReadonlySet<string> = new Set(['/sign-up/email', '/request-password-reset'])
