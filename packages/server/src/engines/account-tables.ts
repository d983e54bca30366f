import type { Config } from '../config.ts'
import { publicUrlOf } from '../config.ts'
import type { AuthDatabase } from '../drivers/better-auth/auth-database.ts'
import type { Report } from '../lib/report.ts'
import { deriveKey } from '../lib/secret-file.ts'
import type { Identity } from '../ports/identity.ts'
import type { Mailer } from '../ports/mailer.ts'

/** What accounts sign and encrypt with. */
export const accountsSecret = (secret: string): string =>
  Buffer.from(deriveKey(secret, 'accounts')).toString('hex')

interface AccountsSettings {
  config: Config
  secret: string
  report: Report
}

/** The accounts for a command: nobody signs in or up by them. */
export async function openAccounts(
  database: AuthDatabase,
  { config, secret, report, mailer }: AccountsSettings & { mailer: Pick<Mailer, 'send'> },
): Promise<Identity> {
  const { openIdentity } = await import('../drivers/better-auth/identity.ts')
  return openIdentity({
    database,
    mailer,
    secret: accountsSecret(secret),
    publicUrl: publicUrlOf(config, config.port),
    trustedOrigins: [],
    longestSessionMs: config.longestSessionMs,
    rules: {
      ways: async () => new Set(),
      admits: async () => false,
      suspensionOf: async () => undefined,
    },
    report,
    onUserCreated: () => Promise.reject(new Error('a command signs nobody up')),
  })
}
