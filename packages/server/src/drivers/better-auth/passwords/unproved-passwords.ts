import { createHmac } from 'node:crypto'
import { z } from 'zod'
import type { Statements } from '../../sql/statements.ts'

const hashRow = z.object({ password: z.string() })

/**
 * The password of an address that nobody has confirmed. Each sign-up may lay down another one, so a link that
 * confirms carries the mark of the password that it was mailed for, and confirms no other. Replacing and
 * confirming can't pass each other: whichever comes second finds what the first has done, and does nothing.
 */
export function unprovedPasswords(statements: Statements, { secret }: { secret: string }) {
  const { locked } = statements

  const hashOf = async (userId: string): Promise<string | undefined> => {
    const select = `SELECT password FROM auth_account
      WHERE "userId" = ?1 AND "providerId" = 'credential' AND password IS NOT NULL`
    const [row] = await statements.rows(select, [userId])
    return row === undefined ? undefined : hashRow.parse(row).password
  }

  /** Of a hash, whose salt is its own: the same password chosen again has another mark. */
  const markOf = (hash: string): string =>
    createHmac('sha256', secret).update(`confirms ${hash}`).digest('base64url')

  return {
    hashOf,
    markOf,

    /** Whether it did: not where the address has been confirmed meanwhile. */
    async replace({ userId, hash }: { userId: string; hash: string }): Promise<boolean> {
      const update = `UPDATE auth_account SET password = ?2 WHERE "providerId" = 'credential' AND "userId" =
        (SELECT id FROM auth_user WHERE id = ?1 AND "emailVerified" = FALSE${locked})`
      return (await statements.change(update, [userId, hash])) > 0
    },

    /** Whether it did: not where the password is another one by now. The user is locked first, as above. */
    async confirm({ userId, mark }: { userId: string; mark: string }): Promise<boolean> {
      const hash = await hashOf(userId)
      if (hash === undefined || mark !== markOf(hash)) return false
      const update = `UPDATE auth_user SET "emailVerified" = TRUE
        WHERE id = (SELECT id FROM auth_user WHERE id = ?1${locked})
          AND EXISTS (SELECT 1 FROM auth_account
            WHERE "userId" = ?1 AND "providerId" = 'credential' AND password = ?2${locked})`
      return (await statements.change(update, [userId, hash])) > 0
    },
  }
}
