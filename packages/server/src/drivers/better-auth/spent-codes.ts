import type { Database } from 'bun:sqlite'

/** Longer than a code of TOTP is taken: 30 seconds, and one of them before and after. */
const keptMs = 120_000

/** Sees to it that a code of TOTP opens once (RFC 6238, 5.2): better-auth takes it as often as it comes. */
export function spentCodes(database: Database, { secret, now }: { secret: string; now: () => number }) {
  const find = database.query<unknown, [string]>('SELECT 1 FROM auth_verification WHERE identifier = ?')
  const keep = database.query<unknown, [string, string, string, string]>(
    `INSERT INTO auth_verification (id, identifier, value, expiresAt, createdAt, updatedAt)
      VALUES (?1, ?2, '', ?3, ?4, ?4)`,
  )
  return {
    /** Whether it was still good. */
    spend(userId: string, code: string): boolean {
      const identifier = `totp-${new Bun.CryptoHasher('sha256', secret).update(`${userId} ${code}`).digest('base64url')}`
      if (find.get(identifier) !== null) return false
      keep.run(Bun.randomUUIDv7(), identifier, iso(now() + keptMs), iso(now()))
      return true
    },
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()
