import { twoFactor } from 'better-auth/plugins/two-factor'

const recoveryCodes = 10

/**
 * TOTP (RFC 6238) with recovery codes, asked for after a code by mail and after a password. better-auth asks
 * only after a password; a second factor that a mailbox goes round would be none. A passkey and an OpenID
 * provider bring a second factor of their own.
 */
export function secondFactor() {
  const plugin = twoFactor({
    issuer: 'Confab',
    allowPasswordless: true,
    backupCodeOptions: { amount: recoveryCodes },
    schema: { twoFactor: { modelName: 'auth_two_factor' } },
  })
  const after = plugin.hooks.after.map((hook) => ({
    ...hook,
    matcher: ({ path }: { path?: string | undefined }) =>
      path === '/sign-in/email' || path === '/sign-in/email-otp',
  }))
  return { ...plugin, hooks: { ...plugin.hooks, after } }
}
