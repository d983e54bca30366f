import type { Statements } from '../sql/statements.ts'
import { iso } from './times.ts'

/** Longer than a code of TOTP is taken: 30 seconds, and one of them before and after. */
const keptMs = 120_000

/** Sees to it that a code of TOTP opens once (RFC 6238, 5.2): better-auth takes it as often as it comes. */
export function spentCodes(statements: Statements, { secret, now }: { secret: string; now: () => number }) {
  return {
    /** Whether it was still good. Of two who bring it at once, on two nodes too, it is good for one. */
    async spend(userId: string, code: string): Promise<boolean> {
      const hash = new Bun.CryptoHasher('sha256', secret).update(`${userId} ${code}`).digest('base64url')
      const kept = await statements.change(
        `INSERT INTO auth_verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt")
          VALUES (?1, ?1, '', ?2, ?3, ?3) ON CONFLICT DO NOTHING`,
        [`totp-${hash}`, iso(now() + keptMs), iso(now())],
      )
      return kept > 0
    },
  }
}
