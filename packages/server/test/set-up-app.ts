import { expect } from 'bun:test'
import type { AccountsServer } from './accounts-server.ts'
import { totpAt } from './totp.ts'

/** An app shows a code for so long. */
export const stepMs = 30_000

/** Sets up an authenticator app, with which a new session takes the place of the one that did. */
export async function setUpApp(
  server: AccountsServer,
  { bearer, password }: { bearer: Record<string, string>; password?: string },
) {
  const made = await server.post('two-factor/enable', { ...(password && { password }) }, bearer)
  const { totpURI, backupCodes } = made.json()
  const code = () => totpAt(totpURI, server.clock.now())
  const shown = await server.post('two-factor/verify-totp', { code: code() }, bearer)
  expect(shown.status).toBe(200)
  // A code is good once.
  server.advance(stepMs)
  const now = { Authorization: `Bearer ${shown.headers.get('set-auth-token')}` }
  return { totpURI: String(totpURI), backupCodes: backupCodes as string[], code, bearer: now }
}
