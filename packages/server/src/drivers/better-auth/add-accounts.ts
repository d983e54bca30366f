import type { Database } from 'bun:sqlite'
import type { UserId } from '@confab/protocol/ids'
import { sessionLifeMs } from './session-life.ts'

interface Added {
  id: UserId
  name: string
  email: string
  at: number
}

/**
 * Makes accounts, all in one transaction. For filling an empty database: nobody has proved that an address is
 * theirs. The tables must be there, so the identity has been opened before.
 */
export function addAccounts(database: Database, accounts: readonly Added[]): void {
  const insert = database.prepare(
    `INSERT INTO auth_user (id, name, email, emailVerified, createdAt, updatedAt)
      VALUES (?1, ?2, ?3, 0, ?4, ?4)`,
  )
  database.transaction(() => {
    for (const { id, name, email, at } of accounts) insert.run(id, name, email, iso(at))
  })()
}

/** The same, signed in already; answers with their session tokens in order. */
export function addSignedInAccounts(database: Database, accounts: readonly Added[]): string[] {
  const insert = database.prepare(
    `INSERT INTO auth_session (id, userId, token, expiresAt, createdAt, updatedAt)
      VALUES (?1, ?2, ?3, ?4, ?5, ?5)`,
  )
  return database.transaction(() => {
    addAccounts(database, accounts)
    return accounts.map(({ id, at }) => {
      const token = crypto.getRandomValues(new Uint8Array(24)).toBase64({ alphabet: 'base64url' })
      insert.run(Bun.randomUUIDv7(), id, token, iso(at + sessionLifeMs), iso(at))
      return token
    })
  })()
}

const iso = (ms: number): string => new Date(ms).toISOString()
