import type { Config } from '../config.ts'
import { publicUrlOf } from '../config.ts'
import type { AuthDatabase } from '../drivers/better-auth/auth-database.ts'
import type { Report } from '../lib/report.ts'
import { deriveKey } from '../lib/secret-file.ts'

/** What accounts sign and encrypt with. */
export const accountsSecret = (secret: string): string =>
  Buffer.from(deriveKey(secret, 'accounts')).toString('hex')

/** Makes the tables of accounts for a command that fills them: it opens the identity, which nobody asks. */
export async function makeAccountTables(
  database: AuthDatabase,
  { config, secret, report }: { config: Config; secret: string; report: Report },
): Promise<void> {
  const { openIdentity } = await import('../drivers/better-auth/identity.ts')
  await using _identity = await openIdentity({
    database,
    mailer: { send: () => Promise.reject(new Error('a command sends no mail')) },
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
