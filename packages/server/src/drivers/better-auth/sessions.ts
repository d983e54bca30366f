import { type SessionId, sessionId, type UserId, userId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { AuditEntry } from '../../ports/audit-entry.ts'
import type { Session, SessionRecord } from '../../ports/identity.ts'
import type { Statements } from '../sql/statements.ts'
import { iso, time } from './times.ts'

const sessionRow = z.object({ id: sessionId, userId, createdAt: time, expiresAt: time })

/** A session whose `expiresAt` never lies after its `endsAt`, however late it is used. */
export interface KeptSession extends Session {
  endsAt: number
}

const recordRow = z.object({
  id: sessionId,
  createdAt: time,
  expiresAt: time,
  ipAddress: z.string().nullable(),
  userAgent: z.string().nullable(),
})

/** SQLite keeps a boolean as a number. */
const flag = z.union([z.boolean(), z.number()]).nullable().transform(Boolean)
const accountRow = z.object({
  id: userId,
  name: z.string(),
  email: z.string(),
  createdAt: time,
  twoFactorEnabled: flag,
})
export type Account = z.infer<typeof accountRow>

const idRow = z.object({ id: sessionId })
const addressRow = z.object({ id: userId })
const addressedRow = z.object({ id: userId, email: z.string() })

export interface SessionLives {
  /** From its last use. */
  lifeMs: number
  /** From its beginning, however it is used. */
  longestMs: number
}

export type SessionTables = ReturnType<typeof sessionTables>

/**
 * Better-auth's own tables, asked directly where its way is too long:
 * a session is looked up at every request.
 */
export function sessionTables(statements: Statements, { lifeMs, longestMs }: SessionLives) {
  const toSession = (row: unknown): KeptSession => {
    const { id: one, createdAt, expiresAt, ...of } = sessionRow.parse(row)
    const endsAt = createdAt + longestMs
    return { sessionId: one, ...of, expiresAt: Math.min(expiresAt, endsAt), endsAt }
  }
  const sessions = async (where: string, value: string): Promise<KeptSession[]> => {
    const rows = await statements.rows(`SELECT ${sessionColumns} FROM auth_session WHERE ${where} = ?1`, [
      value,
    ])
    return rows.map(toSession)
  }
  const account = async (id: string): Promise<Account | undefined> => {
    const select = 'SELECT id, name, email, "createdAt", "twoFactorEnabled" FROM auth_user WHERE id = ?1'
    const [row] = await statements.rows(select, [id])
    return row === undefined ? undefined : accountRow.parse(row)
  }
  const userOf = async (email: string): Promise<UserId | undefined> => {
    const [row] = await statements.rows('SELECT id FROM auth_user WHERE email = ?1', [email])
    return row === undefined ? undefined : addressRow.parse(row).id
  }

  return {
    byToken: async (token: string) => (await sessions('token', token))[0],
    byId: async (id: string) => (await sessions('id', id))[0],
    async living(ids: readonly SessionId[]): Promise<Set<SessionId>> {
      const select = `SELECT id FROM auth_session WHERE id IN ${statements.listed('?1')}`
      const rows = await statements.rows(select, [JSON.stringify(ids)])
      return new Set(rows.map((row) => idRow.parse(row).id))
    },
    async withSessions(ids: readonly UserId[]): Promise<Set<UserId>> {
      const select = `SELECT DISTINCT "userId" AS id FROM auth_session
        WHERE "userId" IN ${statements.listed('?1')}`
      const rows = await statements.rows(select, [JSON.stringify(ids)])
      return new Set(rows.map((row) => addressRow.parse(row).id))
    },
    ofUser: (id: string) => sessions('"userId"', id),
    account,
    userOf,
    async emailsOf(ids: readonly UserId[]): Promise<Map<UserId, string>> {
      const select = `SELECT id, email FROM auth_user WHERE id IN ${statements.listed('?1')}`
      const rows = await statements.rows(select, [JSON.stringify(ids)])
      return new Map(rows.map((row) => addressedRow.parse(row)).map(({ id, email }) => [id, email]))
    },
    /** Those whose address begins so and comes after another, by address. */
    async withAddress(prefix: string, { after, limit }: { after: string; limit: number }) {
      const rows = await statements.rows(
        `SELECT id, email FROM auth_user WHERE email >= ?1 AND email < ?2 AND email > ?3
          ORDER BY email LIMIT ?4`,
        [prefix, `${prefix}\u{10ffff}`, after, limit],
      )
      return rows.map((row) => addressedRow.parse(row))
    },
    async eraseCodes(email: string): Promise<void> {
      await statements.change('DELETE FROM auth_verification WHERE identifier = ?1', [codesOf(email)])
    },
    /**
     * Ends what was handed out to a user and not used yet: links for a new password,
     * second steps of a sign-in.
     */
    async eraseOffers(id: string): Promise<void> {
      await statements.change('DELETE FROM auth_verification WHERE value = ?1', [id])
    },

    async withSecondFactor(
      ids: readonly UserId[],
      { passkeys }: { passkeys: boolean },
    ): Promise<Set<UserId>> {
      const rows = await statements.rows(
        `SELECT id FROM auth_user WHERE id IN ${statements.listed('?1')}
          AND ("twoFactorEnabled" = TRUE ${passkeys ? `OR ${hasPasskey}` : ''})`,
        [JSON.stringify(ids)],
      )
      return new Set(rows.map((row) => addressRow.parse(row).id))
    },
    async withTwoFactors(ids: readonly SessionId[]): Promise<Set<SessionId>> {
      const rows = await statements.rows(
        `SELECT auth_session.id FROM auth_session JOIN auth_user ON auth_user.id = auth_session."userId"
          WHERE auth_session.id IN ${statements.listed('?1')} AND auth_session."twoFactors" = TRUE
            AND (auth_user."twoFactorEnabled" = TRUE OR ${hasPasskey})`,
        [JSON.stringify(ids)],
      )
      return new Set(rows.map((row) => idRow.parse(row).id))
    },
    /** Whether there was one. */
    async eraseSecondFactor(id: UserId, noted?: AuditEntry): Promise<boolean> {
      // An app that has not shown a code yet is no second factor.
      if (!(await this.withSecondFactor([id], { passkeys: true })).has(id)) return false
      const changed = await statements.changeAll(
        [
          'DELETE FROM auth_two_factor WHERE "userId" = ?1',
          'DELETE FROM auth_passkey WHERE "userId" = ?1',
          'UPDATE auth_user SET "twoFactorEnabled" = FALSE WHERE id = ?1 AND "twoFactorEnabled" = TRUE',
        ],
        [id],
        noted,
      )
      return changed > 0
    },

    /**
     * Who has read a mail to an address owns it, with the password that they chose by it: one of a sign-up
     * that came between is taken back, and from here on none can.
     */
    async confirmAddress(id: string, { hash }: { hash: string | undefined }): Promise<void> {
      await statements.change('UPDATE auth_user SET "emailVerified" = TRUE WHERE id = ?1', [id])
      if (hash === undefined) return
      const update = `UPDATE auth_account SET password = ?2
        WHERE "userId" = ?1 AND "providerId" = 'credential'`
      await statements.change(update, [id, hash])
    },

    async records(id: string, now: number): Promise<SessionRecord[]> {
      const rows = await statements.rows(
        `SELECT id, "createdAt", "expiresAt", "ipAddress", "userAgent" FROM auth_session
          WHERE "userId" = ?1 AND "expiresAt" > ?2 AND "createdAt" > ?3 ORDER BY "expiresAt" DESC, id DESC`,
        [id, iso(now), iso(now - longestMs)],
      )
      return rows.map((row) => {
        const { id: one, expiresAt, createdAt, ipAddress, userAgent } = recordRow.parse(row)
        return {
          sessionId: sessionId.parse(one),
          createdAt,
          usedAt: Math.max(createdAt, expiresAt - lifeMs),
          network: ipAddress || undefined,
          userAgent: userAgent || undefined,
        }
      })
    },

    /** Whether it was there to be ended. */
    end: async (id: string): Promise<boolean> =>
      (await statements.change('DELETE FROM auth_session WHERE id = ?1', [id])) > 0,

    /**
     * Ends all of a user's, and what was handed out to them and not used yet: links for a new password, second
     * steps of a sign-in. Answers the sessions that this ended.
     */
    async endAll(id: UserId, noted?: AuditEntry): Promise<Session[]> {
      const offers = 'DELETE FROM auth_verification WHERE value = ?1'
      const ended = await statements.take(sessionColumns, [deleteSessions, offers], [id], noted)
      return ended.map(toSession)
    },

    /** One statement, and so one flush, for all. */
    async extend(ids: readonly string[], { now, until }: { now: number; until: number }): Promise<void> {
      await statements.change(
        `UPDATE auth_session SET "expiresAt" = ?1, "updatedAt" = ?2 WHERE id IN ${statements.listed('?3')}`,
        [iso(until), iso(now), JSON.stringify(ids)],
      )
    },

    /** Forgets the sessions that have expired, and the tokens of those that are gone. */
    async prune(now: number): Promise<void> {
      await statements.change('DELETE FROM auth_session WHERE "expiresAt" < ?1 OR "createdAt" < ?2', [
        iso(now),
        iso(now - longestMs),
      ])
      await statements.change(
        `DELETE FROM auth_spent_token WHERE NOT EXISTS (
          SELECT 1 FROM auth_session WHERE auth_session.id = auth_spent_token."sessionId")`,
      )
    },

    /** Erases an account with all that hangs on it. Answers the sessions that this ended. */
    async erase(id: UserId): Promise<Session[]> {
      const email = (await account(id))?.email ?? ''
      const ended = await statements.take(
        sessionColumns,
        [
          deleteSessions,
          'DELETE FROM auth_verification WHERE value = ?1 OR identifier = ?2',
          ...ofOneUser.map((table) => `DELETE FROM ${table} WHERE "userId" = ?1`),
          'DELETE FROM auth_user WHERE id = ?1',
        ],
        [id, codesOf(email)],
      )
      return ended.map(toSession)
    },
  }
}

const sessionColumns = 'id, "userId", "createdAt", "expiresAt"'
const deleteSessions = 'DELETE FROM auth_session WHERE "userId" = ?1'

const ofOneUser = ['auth_account', 'auth_two_factor', 'auth_passkey', 'auth_known_device']

const hasPasskey = 'EXISTS (SELECT 1 FROM auth_passkey WHERE auth_passkey."userId" = auth_user.id)'

const codesOf = (email: string): string => `sign-in-otp-${email}`
