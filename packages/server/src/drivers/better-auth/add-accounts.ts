import type { UserId } from '@confab/protocol/ids'
import type { SqlValue, Statements } from '../sql/statements.ts'
import { sessionLifeMs } from './session-life.ts'
import { iso } from './times.ts'

interface Added {
  id: UserId
  name: string
  email: string
  at: number
}

/** Rows a statement: five values each, and PostgreSQL takes 65,535. */
const rowsAtOnce = 1_000

/**
 * Makes accounts. For filling an empty database: nobody has proved that an address is theirs. The tables must
 * be there, so the identity has been opened before.
 */
export function addAccounts(statements: Statements, accounts: readonly Added[]): Promise<void> {
  const rows = accounts.map(({ id, name, email, at }) => [id, name, email, iso(at), iso(at)])
  return insert(statements, `auth_user (id, name, email, "createdAt", "updatedAt", "emailVerified")`, rows, [
    'FALSE',
  ])
}

/** The same, signed in already; answers with their session tokens in order. */
export async function addSignedInAccounts(
  statements: Statements,
  accounts: readonly Added[],
): Promise<string[]> {
  await addAccounts(statements, accounts)
  const tokens = accounts.map(() =>
    crypto.getRandomValues(new Uint8Array(24)).toBase64({ alphabet: 'base64url' }),
  )
  const rows = accounts.map(({ id, at }, index) => [
    Bun.randomUUIDv7(),
    id,
    tokens[index] ?? '',
    iso(at + sessionLifeMs),
    iso(at),
    iso(at),
  ])
  const columns = 'id, "userId", token, "expiresAt", "createdAt", "updatedAt"'
  await insert(statements, `auth_session (${columns})`, rows)
  return tokens
}

async function insert(
  statements: Statements,
  into: string,
  rows: readonly SqlValue[][],
  also: readonly string[] = [],
): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const some = rows.slice(from, from + rowsAtOnce)
    let last = 0
    const tuples = some.map((row) => `(${[...row.map(() => `?${++last}`), ...also].join(', ')})`)
    await statements.change(`INSERT INTO ${into} VALUES ${tuples.join(', ')}`, some.flat())
  }
}
