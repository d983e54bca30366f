/**
 * How a route of the identity is counted, all of them by network:
 *
 * - `mail`: asks for a mail, and so counts by its address too
 * - `try`: a first factor of the address in the body; a failure counts towards the account's lock
 * - `second-factor`: of the sign-in that the browser's cookie remembers; so does its failure
 * - `own-password`: asked of who is signed in, and so guessed with a stolen session; so does its failure
 * - `guess`: names no account that could be locked
 */
export type Counted = 'mail' | 'try' | 'second-factor' | 'own-password' | 'guess'

export const countedPaths: Readonly<Record<string, Counted | undefined>> = {
  '/api/auth/email-otp/send-verification-otp': 'mail',
  '/api/auth/sign-up/email': 'mail',
  '/api/auth/send-verification-email': 'mail',
  '/api/auth/request-password-reset': 'mail',
  '/api/auth/sign-in/email-otp': 'try',
  '/api/auth/sign-in/email': 'try',
  '/api/auth/two-factor/verify-totp': 'second-factor',
  '/api/auth/two-factor/verify-backup-code': 'second-factor',
  '/api/auth/change-password': 'own-password',
  '/api/auth/two-factor/enable': 'own-password',
  '/api/auth/two-factor/disable': 'own-password',
  '/api/auth/two-factor/generate-backup-codes': 'own-password',
  '/api/auth/reset-password': 'guess',
  '/api/auth/verify-email': 'guess',
  '/api/auth/passkey/verify-authentication': 'guess',
  '/api/auth/sign-in/social': 'guess',
}
