import { z } from 'zod'
import type { Statements } from '../sql/statements.ts'
import { opensSecrets } from './opens-secrets.ts'

const markRow = z.object({ value: z.string() })

/**
 * Ends whatever began under another secret, and answers whether there was one: whoever changes it wants
 * everybody to sign in anew, and of the secret a bare session token knows nothing. What was handed out goes too,
 * and the keys that sign JWTs, which the new one can't open. By a mark in `meta`, made where there is none yet.
 */
export async function endUnderAnotherSecret(statements: Statements, secret: string): Promise<boolean> {
  const mark = new Bun.CryptoHasher('sha256', secret).update('mark of the secret').digest('hex').slice(0, 16)
  const [row] = await statements.rows(`SELECT value FROM meta WHERE name = '${markName}'`)
  const known = row === undefined ? undefined : markRow.parse(row).value
  if (known === mark) return false
  const isAnother = known !== undefined || (await opensSecrets(statements, secret)) === false
  // Of two nodes that start with it at once, what began at the first stays.
  const unlessDone = `WHERE NOT EXISTS (SELECT 1 FROM meta WHERE name = '${markName}' AND value = ?1)`
  await statements.changeAll(
    [
      ...(isAnother ? tables.map((table) => `DELETE FROM ${table} ${unlessDone}`) : []),
      `INSERT INTO meta (name, value) VALUES ('${markName}', ?1)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    ],
    [mark],
  )
  return isAnother
}

const markName = 'accounts secret'

const tables = ['auth_session', 'auth_spent_token', 'auth_verification', 'auth_jwks']
