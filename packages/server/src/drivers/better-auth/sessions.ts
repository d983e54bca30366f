import type { Database } from 'bun:sqlite'
import { type SessionId, sessionId, type UserId, userId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { Session, SessionRecord } from '../../ports/identity.ts'

const time = z.iso.datetime().transform((text) => Date.parse(text))

const sessionRow = z
  .object({ id: sessionId, userId, expiresAt: time })
  .transform(({ id, ...row }): Session => ({ sessionId: id, ...row }))

const recordRow = z.object({
  id: sessionId,
  createdAt: time,
  expiresAt: time,
  ipAddress: z.string().nullable(),
  userAgent: z.string().nullable(),
})

const accountRow = z.object({ id: userId, name: z.string(), email: z.string(), createdAt: z.iso.datetime() })
export type Account = z.infer<typeof accountRow>

const addressRow = z.object({ id: userId })
const addressedRow = z.object({ id: userId, email: z.string() })

export type SessionTables = ReturnType<typeof sessionTables>

/** better-auth's own tables, asked directly where its way is too long: a session is looked up at every request. */
export function sessionTables(database: Database, { lifeMs }: { lifeMs: number }) {
  const columns = 'SELECT id, userId, expiresAt FROM auth_session'
  const byToken = database.query<unknown, [string]>(`${columns} WHERE token = ?`)
  const byId = database.query<unknown, [string]>(`${columns} WHERE id = ?`)
  const living = database.query<{ id: string }, [string]>(
    'SELECT s.id FROM json_each(?1) ids JOIN auth_session s ON s.id = ids.value',
  )
  const ofUser = database.query<unknown, [string]>(`${columns} WHERE userId = ?`)
  const records = database.query<unknown, [string, string]>(
    `SELECT id, createdAt, expiresAt, ipAddress, userAgent FROM auth_session
      WHERE userId = ? AND expiresAt > ? ORDER BY expiresAt DESC, id DESC`,
  )
  const extend = database.query<unknown, [string, string, string]>(
    'UPDATE auth_session SET expiresAt = ?, updatedAt = ? WHERE id = ?',
  )
  const prune = database.query<unknown, [string]>('DELETE FROM auth_session WHERE expiresAt < ?')
  const pruneSpent = database.query<unknown, []>(
    'DELETE FROM auth_spent_token WHERE sessionId NOT IN (SELECT id FROM auth_session)',
  )
  const deleteOne = database.query<unknown, [string]>('DELETE FROM auth_session WHERE id = ?')
  const account = database.query<unknown, [string]>(
    'SELECT id, name, email, createdAt FROM auth_user WHERE id = ?',
  )
  const addressesOf = database.query<unknown, [string]>(
    'SELECT u.id, u.email FROM json_each(?) ids JOIN auth_user u ON u.id = ids.value',
  )
  const byAddress = database.query<unknown, [string, string, string, number]>(
    `SELECT id, email FROM auth_user WHERE email >= ?1 AND email < ?2 AND email > ?3
      ORDER BY email LIMIT ?4`,
  )
  const ofAddress = database.query<unknown, [string]>('SELECT id FROM auth_user WHERE email = ?')
  const eraseOfAddress = database.query<unknown, [string]>(
    'DELETE FROM auth_verification WHERE identifier = ?',
  )
  const eraseOfValue = database.query<unknown, [string]>('DELETE FROM auth_verification WHERE value = ?')
  const confirm = database.query<unknown, [string]>('UPDATE auth_user SET emailVerified = 1 WHERE id = ?')
  const eraseUser = database.query<unknown, [string]>('DELETE FROM auth_user WHERE id = ?')
  const ofOneUser = [
    'auth_session',
    'auth_account',
    'auth_two_factor',
    'auth_passkey',
    'auth_known_device',
  ].map((table) => database.query<unknown, [string]>(`DELETE FROM ${table} WHERE userId = ?`))

  const parse = (row: unknown): Session | undefined => (row ? sessionRow.parse(row) : undefined)
  const findAccount = (id: string): Account | undefined => {
    const row = account.get(id)
    return row ? accountRow.parse(row) : undefined
  }

  const eraseCodes = (email: string): void => {
    eraseOfAddress.run(`sign-in-otp-${email}`)
  }
  const eraseOffers = (id: string): void => {
    eraseOfValue.run(id)
  }

  return {
    byToken: (token: string) => parse(byToken.get(token)),
    byId: (id: string) => parse(byId.get(id)),
    living: (ids: readonly SessionId[]) =>
      new Set(living.all(JSON.stringify(ids)).map(({ id }) => sessionId.parse(id))),
    ofUser: (id: string) => ofUser.all(id).map((row) => sessionRow.parse(row)),
    account: findAccount,
    hasAddress: (email: string): boolean => ofAddress.get(email) !== null,
    userOf(email: string): UserId | undefined {
      const row = ofAddress.get(email)
      return row ? addressRow.parse(row).id : undefined
    },
    emailsOf: (ids: readonly UserId[]): Map<UserId, string> =>
      new Map(
        addressesOf.all(JSON.stringify(ids)).map((row) => {
          const { id, email } = addressedRow.parse(row)
          return [id, email]
        }),
      ),
    /** Those whose address begins so and comes after another, by address. */
    withAddress: (prefix: string, { after, limit }: { after: string; limit: number }) =>
      byAddress.all(prefix, `${prefix}\u{10ffff}`, after, limit).map((row) => addressedRow.parse(row)),
    eraseCodes,
    /** Ends what was handed out to a user and not used yet: links for a new password, second steps of a sign-in. */
    eraseOffers,

    /** Who has read a mail to an address owns it. */
    confirmAddress: (id: string): void => {
      confirm.run(id)
    },

    records: (id: string, now: number): SessionRecord[] =>
      records.all(id, iso(now)).map((row) => {
        const { id: one, expiresAt, createdAt, ipAddress, userAgent } = recordRow.parse(row)
        return {
          sessionId: sessionId.parse(one),
          createdAt,
          usedAt: Math.max(createdAt, expiresAt - lifeMs),
          network: ipAddress || undefined,
          userAgent: userAgent || undefined,
        }
      }),

    /** Whether it was there to be ended. */
    end: (id: string): boolean => deleteOne.run(id).changes > 0,

    /** One transaction, and so one flush, for all. */
    extend: database.transaction((ids: readonly string[], { now, until }: { now: number; until: number }) => {
      for (const id of ids) extend.run(iso(until), iso(now), id)
    }),

    /** Forgets the sessions that have expired, and the tokens of those that are gone. */
    prune: (now: number): void => {
      prune.run(iso(now))
      pruneSpent.run()
    },

    /** Erases an account with all that hangs on it. Answers the sessions that this ended. */
    erase: database.transaction((id: UserId): Session[] => {
      const sessions = ofUser.all(id).map((row) => sessionRow.parse(row))
      const email = findAccount(id)?.email
      if (email !== undefined) eraseCodes(email)
      eraseOffers(id)
      for (const table of ofOneUser) table.run(id)
      eraseUser.run(id)
      return sessions
    }),
  }
}

/** The form in which better-auth keeps times in SQLite. They compare as text. */
const iso = (ms: number): string => new Date(ms).toISOString()
