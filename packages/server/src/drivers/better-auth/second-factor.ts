import { twoFactor } from 'better-auth/plugins/two-factor'
import { recoveryCodes } from './recovery-codes.ts'

const firstFactors: ReadonlySet<string> = new Set(['/sign-in/email', '/sign-in/email-otp', '/callback/:id'])

/**
 * TOTP (RFC 6238) with recovery codes, asked for after a code by mail, a password and an OpenID provider.
 * better-auth asks only after a password; a second factor that a mailbox goes round would be none, and what a
 * provider asks for nobody here knows. A passkey, whose authenticator has made sure who uses it,
 * is two factors.
 */
export function secondFactor(secret: string) {
  const plugin = twoFactor({
    issuer: 'Confab',
    allowPasswordless: true,
    backupCodeOptions: recoveryCodes(secret),
    schema: { twoFactor: { modelName: 'auth_two_factor' } },
  })
  const after = plugin.hooks.after.map((hook) => ({
    ...hook,
    matcher: ({ path }: { path?: string | undefined }) => path !== undefined && firstFactors.has(path),
  }))
  // Written as the session begins: afterwards nothing tells how somebody came in.
  const session = {
    fields: { twoFactors: { type: 'boolean', required: false, input: false, returned: false } },
  } as const
  return { ...plugin, schema: { ...plugin.schema, session }, hooks: { ...plugin.hooks, after } }
}
