import type { Database } from 'bun:sqlite'
import type { UserId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { AccountRecord } from '../../ports/identity.ts'

const time = z.iso.datetime().transform((text) => Date.parse(text))
const flag = z
  .number()
  .nullable()
  .transform((value) => value === 1)

const userRow = z.object({ email: z.string(), emailVerified: flag, createdAt: time, twoFactorEnabled: flag })
const linkedRow = z.object({ providerId: z.string(), accountId: z.string(), createdAt: time })
const passkeyRow = z.object({ name: z.string().nullable(), createdAt: time.nullable() })
const deviceRow = z.object({ seenAt: time })

/** A password is an account of this provider in better-auth's tables. */
const ownProvider = 'credential'

export function readAccountRecord(database: Database, id: UserId): AccountRecord | undefined {
  const all = (columns: string, table: string): unknown[] =>
    database.query<unknown, [string]>(`SELECT ${columns} FROM ${table} WHERE userId = ?`).all(id)

  const user = database
    .query<unknown, [string]>(
      'SELECT email, emailVerified, createdAt, twoFactorEnabled FROM auth_user WHERE id = ?',
    )
    .get(id)
  if (!user) return undefined
  const { emailVerified: emailConfirmed, twoFactorEnabled: secondFactor, ...kept } = userRow.parse(user)
  const linked = all('providerId, accountId, createdAt', 'auth_account').map((row) => linkedRow.parse(row))
  return {
    ...kept,
    emailConfirmed,
    secondFactor,
    hasPassword: linked.some(({ providerId }) => providerId === ownProvider),
    passkeys: all('name, createdAt', 'auth_passkey').map((row) => passkeyRow.parse(row)),
    providers: linked
      .filter(({ providerId }) => providerId !== ownProvider)
      .map(({ providerId: provider, ...rest }) => ({ provider, ...rest })),
    devices: all('seenAt', 'auth_known_device').map((row) => deviceRow.parse(row)),
  }
}
