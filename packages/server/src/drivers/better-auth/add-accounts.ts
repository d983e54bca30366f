import type { Database } from 'bun:sqlite'
import type { UserId } from '@confab/protocol/ids'
import { sessionLifeMs } from './session-life.ts'

/**
 * Makes accounts that are signed in already, all in one transaction, and answers with their session tokens
 * in order. For filling an empty database: nobody has proved that an address is theirs. The tables must be
 * there, so the identity has been opened before.
 */
export function addAccounts(
  database: Database,
  accounts: readonly { id: UserId; name: string; email: string; at: number }[],
): string[] {
  const insertUser = database.prepare(
    `INSERT INTO auth_user (id, name, email, emailVerified, createdAt, updatedAt)
      VALUES (?1, ?2, ?3, 0, ?4, ?4)`,
  )
  const insertSession = database.prepare(
    `INSERT INTO auth_session (id, userId, token, expiresAt, createdAt, updatedAt)
      VALUES (?1, ?2, ?3, ?4, ?5, ?5)`,
  )
  return database.transaction(() =>
    accounts.map(({ id, name, email, at }) => {
      const token = crypto.getRandomValues(new Uint8Array(24)).toBase64({ alphabet: 'base64url' })
      insertUser.run(id, name, email, iso(at))
      insertSession.run(Bun.randomUUIDv7(), id, token, iso(at + sessionLifeMs), iso(at))
      return token
    }),
  )()
}

const iso = (ms: number): string => new Date(ms).toISOString()
