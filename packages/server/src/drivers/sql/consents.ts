import { consentKind } from '@confab/protocol/consent'
import { z } from 'zod'
import type { Consents } from '../../ports/consents.ts'
import { isActive, requireActive } from './active.ts'
import type { Statements } from './statements.ts'

const consentRow = z.object({
  kind: consentKind,
  version: z.number(),
  givenAt: z.number(),
  withdrawnAt: z.number().nullable(),
})

/** In the database, which has been migrated before. */
export function openConsents(statements: Statements): Consents {
  return {
    async of(userId) {
      const select = `SELECT kind, version, given_at AS "givenAt", withdrawn_at AS "withdrawnAt" FROM consents
        WHERE "user" = ?1 ORDER BY num DESC`
      return (await statements.rows(select, [userId])).map((row) => consentRow.parse(row))
    },
    async give({ userId, kind, version, at }) {
      const changed = await statements.change(
        `INSERT INTO consents ("user", kind, version, given_at) SELECT ?1, ?2, ?3, ?4
          WHERE ${isActive('?1')} ON CONFLICT DO NOTHING`,
        [userId, kind, version, at],
      )
      if (changed === 0) await requireActive(statements, userId)
    },
    async withdraw({ userId, kind, at }) {
      const changed = await statements.change(
        `UPDATE consents SET withdrawn_at = ?3 WHERE "user" = ?1 AND kind = ?2 AND withdrawn_at IS NULL
          AND ${isActive('?1')}`,
        [userId, kind, at],
      )
      if (changed === 0) await requireActive(statements, userId)
      return changed > 0
    },
    async erase(userId) {
      await statements.change('DELETE FROM consents WHERE "user" = ?1', [userId])
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}
