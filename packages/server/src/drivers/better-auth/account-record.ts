import type { UserId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { AccountRecord } from '../../ports/identity.ts'
import type { Statements } from '../sql/statements.ts'
import { time } from './times.ts'

/** SQLite has none of its own: better-auth keeps 0 and 1. */
const flag = z
  .union([z.number(), z.boolean()])
  .nullable()
  .transform((value) => value === 1 || value === true)

const userRow = z.object({ email: z.string(), emailVerified: flag, createdAt: time, twoFactorEnabled: flag })
const linkedRow = z.object({ providerId: z.string(), accountId: z.string(), createdAt: time })
const passkeyRow = z.object({ name: z.string().nullable(), createdAt: time.nullable() })
const deviceRow = z.object({ seenAt: time })

/** A password is an account of this provider in better-auth's tables. */
const ownProvider = 'credential'

export async function readAccountRecord(
  statements: Statements,
  id: UserId,
): Promise<AccountRecord | undefined> {
  const all = (columns: string, table: string): Promise<unknown[]> =>
    statements.rows(`SELECT ${columns} FROM ${table} WHERE "userId" = ?1`, [id])

  const [user] = await statements.rows(
    'SELECT email, "emailVerified", "createdAt", "twoFactorEnabled" FROM auth_user WHERE id = ?1',
    [id],
  )
  if (!user) return undefined
  const { emailVerified: emailConfirmed, twoFactorEnabled: secondFactor, ...kept } = userRow.parse(user)
  const [accounts, passkeys, devices] = await Promise.all([
    all('"providerId", "accountId", "createdAt"', 'auth_account'),
    all('name, "createdAt"', 'auth_passkey'),
    all('"seenAt"', 'auth_known_device'),
  ])
  const linked = accounts.map((row) => linkedRow.parse(row))
  return {
    ...kept,
    emailConfirmed,
    secondFactor,
    hasPassword: linked.some(({ providerId }) => providerId === ownProvider),
    passkeys: passkeys.map((row) => passkeyRow.parse(row)),
    providers: linked
      .filter(({ providerId }) => providerId !== ownProvider)
      .map(({ providerId: provider, ...rest }) => ({ provider, ...rest })),
    devices: devices.map((row) => deviceRow.parse(row)),
  }
}
