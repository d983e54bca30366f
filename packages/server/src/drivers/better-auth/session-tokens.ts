import type { Database } from 'bun:sqlite'
import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import { randomToken } from '../../lib/random-token.ts'

/** How long an old token is good beside the new one: answers under way still bring it. */
const graceMs = 60_000

const tokenRow = z.object({ token: z.string(), createdAt: z.string(), tokenIssuedAt: z.string().nullable() })
const spentRow = z.object({ sessionId: z.string(), goodUntil: z.string() })

/** The tokens of sessions as they change: `rotateTokens` says when, here is what is kept. */
export function sessionTokens(
  database: Database,
  { clock, halfLifeMs }: { clock: Clock; halfLifeMs: number },
) {
  const current = database.query<unknown, [string]>(
    'SELECT token, createdAt, tokenIssuedAt FROM auth_session WHERE id = ?',
  )
  const replace = database.query<unknown, [string, string, string]>(
    'UPDATE auth_session SET token = ?, tokenIssuedAt = ? WHERE id = ?',
  )
  const keepSpent = database.query<unknown, [string, string, string, string]>(
    'INSERT INTO auth_spent_token (id, tokenHash, sessionId, goodUntil) VALUES (?, ?, ?, ?)',
  )
  const spent = database.query<unknown, [string]>(
    'SELECT sessionId, goodUntil FROM auth_spent_token WHERE tokenHash = ?',
  )
  const find = (id: string) => {
    const row = current.get(id)
    return row ? tokenRow.parse(row) : undefined
  }

  return {
    /** A new token for a session whose token is past half its life; undefined for a younger one. */
    rotate: database.transaction((id: string): string | undefined => {
      const now = clock.now()
      const session = find(id)
      if (!session || now - Date.parse(session.tokenIssuedAt ?? session.createdAt) <= halfLifeMs)
        return undefined
      const token = randomToken()
      keepSpent.run(Bun.randomUUIDv7(), hashOf(session.token), id, iso(now + graceMs))
      replace.run(token, iso(now), id)
      return token
    }),

    /** What an old token says: the token that took its place, or, after its minute, the session that it betrays. */
    old(token: string): { current: string } | { betrayed: string } | undefined {
      const row = spent.get(hashOf(token))
      if (!row) return undefined
      const { sessionId, goodUntil } = spentRow.parse(row)
      const now = find(sessionId)?.token
      if (now === undefined) return undefined
      return clock.now() < Date.parse(goodUntil) ? { current: now } : { betrayed: sessionId }
    },
  }
}

const hashOf = (token: string): string => new Bun.CryptoHasher('sha256').update(token).digest('base64url')
const iso = (ms: number): string => new Date(ms).toISOString()
