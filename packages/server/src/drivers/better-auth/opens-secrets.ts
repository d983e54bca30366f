import { z } from 'zod'
import type { Statements } from '../sql/statements.ts'

/** Whether a secret opens what was sealed last with it: a key of JWTs. Undefined where there is none yet. */
export async function opensSecrets(statements: Statements, secret: string): Promise<boolean | undefined> {
  const [row] = await statements.rows('SELECT "privateKey" FROM auth_jwks ORDER BY "createdAt" DESC LIMIT 1')
  if (row === undefined) return undefined
  const { symmetricDecrypt } = await import('better-auth/crypto')
  const { privateKey } = z.object({ privateKey: z.string() }).parse(row)
  try {
    await symmetricDecrypt({ key: secret, data: z.string().parse(JSON.parse(privateKey)) })
    return true
  } catch {
    return false
  }
}
