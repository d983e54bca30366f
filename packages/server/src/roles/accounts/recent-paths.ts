/** Those of them by which a first second factor is set up. */
export const setUpPaths: ReadonlySet<string> = new Set([
  '/api/auth/two-factor/enable',
  '/api/auth/passkey/generate-register-options',
  '/api/auth/passkey/verify-registration',
])

/**
 * What of the identity's routes asks for a recent sign-in: whatever lets somebody else in later,
 * or the owner out.
 */
export const recentPaths: ReadonlySet<string> = new Set([
  '/api/auth/change-password',
  '/api/auth/two-factor/enable',
  '/api/auth/two-factor/disable',
  '/api/auth/two-factor/generate-backup-codes',
  '/api/auth/passkey/generate-register-options',
  '/api/auth/passkey/verify-registration',
  '/api/auth/passkey/delete-passkey',
  '/api/auth/link-social',
  '/api/auth/unlink-account',
])
