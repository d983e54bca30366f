import type { Database } from 'bun:sqlite'
import { type SessionId, sessionId, type UserId, userId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { Session } from '../../ports/identity.ts'

const sessionRow = z
  .object({ id: sessionId, userId, expiresAt: z.iso.datetime() })
  .transform(
    (row): Session => ({ sessionId: row.id, userId: row.userId, expiresAt: Date.parse(row.expiresAt) }),
  )

const accountRow = z.object({ id: userId, name: z.string(), email: z.string(), createdAt: z.iso.datetime() })
export type Account = z.infer<typeof accountRow>

/** better-auth's own tables, asked directly where its way is too long: a session is looked up at every request. */
export function sessionTables(database: Database) {
  const columns = 'SELECT id, userId, expiresAt FROM auth_session'
  const byToken = database.query<unknown, [string]>(`${columns} WHERE token = ?`)
  const byId = database.query<unknown, [string]>(`${columns} WHERE id = ?`)
  const living = database.query<{ id: string }, [string]>(
    'SELECT s.id FROM json_each(?1) ids JOIN auth_session s ON s.id = ids.value',
  )
  const ofUser = database.query<unknown, [string]>(`${columns} WHERE userId = ?`)
  const extend = database.query<unknown, [string, string, string]>(
    'UPDATE auth_session SET expiresAt = ?, updatedAt = ? WHERE id = ?',
  )
  const prune = database.query<unknown, [string]>('DELETE FROM auth_session WHERE expiresAt < ?')
  const account = database.query<unknown, [string]>(
    'SELECT id, name, email, createdAt FROM auth_user WHERE id = ?',
  )
  const eraseOfAddress = database.query<unknown, [string]>(
    'DELETE FROM auth_verification WHERE identifier = ?',
  )
  const eraseSessions = database.query<unknown, [string]>('DELETE FROM auth_session WHERE userId = ?')
  const eraseAccounts = database.query<unknown, [string]>('DELETE FROM auth_account WHERE userId = ?')
  const eraseUser = database.query<unknown, [string]>('DELETE FROM auth_user WHERE id = ?')

  const parse = (row: unknown): Session | undefined => (row ? sessionRow.parse(row) : undefined)
  const findAccount = (id: string): Account | undefined => {
    const row = account.get(id)
    return row ? accountRow.parse(row) : undefined
  }

  const eraseCodes = (email: string): void => {
    eraseOfAddress.run(`sign-in-otp-${email}`)
  }

  return {
    byToken: (token: string) => parse(byToken.get(token)),
    byId: (id: string) => parse(byId.get(id)),
    living: (ids: readonly SessionId[]) =>
      new Set(living.all(JSON.stringify(ids)).map(({ id }) => sessionId.parse(id))),
    account: findAccount,
    eraseCodes,

    /** One transaction, and so one flush, for all. */
    extend: database.transaction((ids: readonly string[], { now, until }: { now: number; until: number }) => {
      for (const id of ids) extend.run(iso(until), iso(now), id)
    }),

    /** Forgets the sessions that have expired. */
    prune: (now: number): void => {
      prune.run(iso(now))
    },

    /** Erases an account with all that hangs on it. Answers the sessions that this ended. */
    erase: database.transaction((id: UserId): Session[] => {
      const sessions = ofUser.all(id).map((row) => sessionRow.parse(row))
      const email = findAccount(id)?.email
      if (email !== undefined) eraseCodes(email)
      eraseSessions.run(id)
      eraseAccounts.run(id)
      eraseUser.run(id)
      return sessions
    }),
  }
}

/** The form in which better-auth keeps times in SQLite. They compare as text. */
const iso = (ms: number): string => new Date(ms).toISOString()
