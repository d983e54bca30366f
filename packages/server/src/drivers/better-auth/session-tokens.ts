import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import { randomToken } from '../../lib/random-token.ts'
import type { Statements } from '../sql/statements.ts'
import { iso, time } from './times.ts'

/** How long an old token is good beside the new one: answers under way still bring it. */
const graceMs = 60_000

const tokenRow = z.object({ token: z.string(), createdAt: time, tokenIssuedAt: time.nullable() })
const spentRow = z.object({ sessionId: z.string(), goodUntil: time })

/** The tokens of sessions as they change: `rotateTokens` says when, here is what is kept. */
export function sessionTokens(
  statements: Statements,
  { clock, halfLifeMs }: { clock: Clock; halfLifeMs: number },
) {
  async function find(id: string) {
    const select = 'SELECT token, "createdAt", "tokenIssuedAt" FROM auth_session WHERE id = ?1'
    const [row] = await statements.rows(select, [id])
    return row === undefined ? undefined : tokenRow.parse(row)
  }

  return {
    /**
     * A new token for a session whose token is past half its life, or the one that has taken the place of the
     * one that was said; undefined where that is still the right one.
     */
    async rotate(id: string, said: string): Promise<string | undefined> {
      const now = clock.now()
      const session = await find(id)
      if (!session) return undefined
      if (now - (session.tokenIssuedAt ?? session.createdAt) <= halfLifeMs) return otherThan(said, session)
      const token = randomToken()
      // Of two who come at once, on two nodes too, one changes it, and the other is told of that one.
      await statements.changeAll(
        [
          `INSERT INTO auth_spent_token (id, "tokenHash", "sessionId", "goodUntil")
            SELECT ?5, ?6, ?1, ?7 WHERE EXISTS (SELECT 1 FROM auth_session WHERE id = ?1 AND token = ?2)
            ON CONFLICT DO NOTHING`,
          'UPDATE auth_session SET token = ?3, "tokenIssuedAt" = ?4 WHERE id = ?1 AND token = ?2',
        ],
        [id, session.token, token, iso(now), Bun.randomUUIDv7(), hashOf(session.token), iso(now + graceMs)],
      )
      return otherThan(said, await find(id))
    },

    /**
     * What an old token says: the token that took its place, or, after its minute,
     * the session that it betrays.
     */
    async old(token: string): Promise<{ current: string } | { betrayed: string } | undefined> {
      const select = 'SELECT "sessionId", "goodUntil" FROM auth_spent_token WHERE "tokenHash" = ?1'
      const [row] = await statements.rows(select, [hashOf(token)])
      if (row === undefined) return undefined
      const { sessionId, goodUntil } = spentRow.parse(row)
      const now = (await find(sessionId))?.token
      if (now === undefined) return undefined
      return clock.now() < goodUntil ? { current: now } : { betrayed: sessionId }
    },
  }
}

const otherThan = (said: string, session: { token: string } | undefined): string | undefined =>
  session?.token === said ? undefined : session?.token

const hashOf = (token: string): string => new Bun.CryptoHasher('sha256').update(token).digest('base64url')
